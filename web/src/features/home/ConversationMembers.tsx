import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useWide } from "../../components/useMedia";
import type { Conversation, Id } from "../../gateway/protocol";
import { openDialog, ui } from "../../state/ui";
import "../members/members.css";
import { nameOf, useMyId, usePresence, useSettings, useUi, useWorld } from "../parley";
import { PersonButton } from "../people/PersonButton";

/** Who is in a group conversation. */
export function ConversationMembers({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const wide = useWide();
  const shown = useSettings((settings) => settings.membersShown);
  const open = useUi((state) => state.membersOpen);
  const me = useMyId();
  if (!(wide ? shown : open)) return null;
  const { id, member_ids, owner_id } = conversation;
  return (
    <aside className="members" aria-label={t("members.title")} data-testid="members">
      <header>
        <h2>{t("members.count", { count: member_ids.length })}</h2>
        {!wide && (
          <IconButton
            icon="close"
            label={t("action.close")}
            onClick={() => ui.setState({ membersOpen: false })}
          />
        )}
      </header>
      <ul>
        {member_ids.map((each) => (
          <Member
            key={each}
            userId={each}
            conversationId={id}
            owner={each === owner_id}
            removable={me === owner_id && each !== me}
          />
        ))}
      </ul>
      <Button
        look="quiet"
        wide
        onClick={() => openDialog({ kind: "newConversation", conversationId: id })}
        data-testid="conversation-add-people"
      >
        <Icon name="invite" size={18} />
        {t("conversation.add")}
      </Button>
    </aside>
  );
}

interface MemberProps {
  userId: Id;
  conversationId: Id;
  owner: boolean;
  removable: boolean;
}

function Member({ userId, conversationId, owner, removable }: MemberProps) {
  const { t } = useTranslation();
  const user = useWorld((world) => world.users[userId]);
  const presence = usePresence(userId);
  const name = nameOf(user);
  const status = presence?.status ?? "offline";
  return (
    <li data-testid={`member-${user?.username ?? userId}`} data-offline={status === "offline" || undefined}>
      <PersonButton userId={userId} groupId={null} className="member-open">
        <Avatar id={userId} name={name} size={32} status={status} />
        <span className="member-name">
          <strong>
            {name}
            {owner && <span className="member-owner">{t("members.owner")}</span>}
          </strong>
          <small>{presence?.text || t(`presence.${status}`)}</small>
        </span>
      </PersonButton>
      {removable && (
        <IconButton
          icon="exit"
          size={16}
          className="danger"
          label={t("conversation.remove", { name })}
          onClick={() => openDialog({ kind: "removeFromConversation", conversationId, userId })}
        />
      )}
    </li>
  );
}
