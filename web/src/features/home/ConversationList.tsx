import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { LazyMenu } from "../../components/LazyOverlays";
import type { Conversation, Message } from "../../gateway/protocol";
import { byActivity, conversationName, partnerOf } from "../../state/places";
import { openDialog } from "../../state/ui";
import { Badges, useBadge } from "../levels/Badges";
import { useMyId, useParley, usePresence, useWorld } from "../parley";
import { useSummary } from "../wording";
import { useConversationEntries } from "./useConversationEntries";

/** Direct messages and group conversations, the latest first. */
export function ConversationList() {
  const { t } = useTranslation();
  const conversations = useWorld((world) => world.conversations);
  const sorted = useMemo(() => byActivity(Object.values(conversations)), [conversations]);
  return (
    <section aria-labelledby="conversations">
      <header>
        <h3 id="conversations">{t("home.conversations")}</h3>
        <IconButton
          icon="plus"
          size={16}
          label={t("home.newConversation")}
          onClick={() => openDialog({ kind: "newConversation" })}
          data-testid="new-conversation"
        />
      </header>
      {sorted.length === 0 && <p className="side-empty">{t("home.noConversations")}</p>}
      <ul data-testid="conversations">
        {sorted.map((each) => (
          <Item key={each.id} conversation={each} />
        ))}
      </ul>
    </section>
  );
}

function Item({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const { id, kind } = conversation;
  const { channelId } = useParams({ strict: false });
  const name = useWorld((world) => conversationName(world, conversation));
  const last = useWorld((world) => world.lastMessages[id]);
  const badge = useBadge(id, null);
  const partner = kind === "direct" ? partnerOf(conversation, me) : null;
  const presence = usePresence(partner);
  const current = channelId === id;
  useEffect(() => {
    if (last === undefined) void parley.conversations.knowLast(id);
  }, [parley, id, last]);
  return (
    <li
      className="channel conversation-item"
      data-current={current || undefined}
      data-unread={badge.fresh || undefined}
    >
      <Link
        to="/d/$channelId"
        params={{ channelId: id }}
        aria-current={current ? "page" : undefined}
        data-testid={`conversation-${name}`}
      >
        <Avatar
          id={partner ?? id}
          name={name}
          size={32}
          status={partner === null ? undefined : (presence?.status ?? "offline")}
        />
        <span className="conversation-words">
          <span className="channel-name">{name}</span>
          {presence && <span className="hidden-visually">{t(`presence.${presence.status}`)}</span>}
          {last && <LastLine message={last} direct={kind === "direct"} />}
        </span>
        <Badges badge={badge} name={name} />
      </Link>
      <ItemMenu conversation={conversation} name={name} />
    </li>
  );
}

function LastLine({ message, direct }: { message: Message; direct: boolean }) {
  const { t } = useTranslation();
  const me = useMyId();
  const text = useSummary(message.sections, null, 80);
  const author = useWorld((world) => world.users[message.author_id]);
  const hidden = useWorld((world) => world.relations[message.author_id]?.kind === "blocked");
  const by = message.author_id === me ? t("home.you") : direct ? null : (author?.display_name ?? null);
  if (hidden) return <small>{t("message.hidden")}</small>;
  return <small>{by === null ? text : `${by}: ${text}`}</small>;
}

function ItemMenu({ conversation, name }: { conversation: Conversation; name: string }) {
  const { t } = useTranslation();
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const entries = useConversationEntries(conversation);
  return (
    <>
      <IconButton
        ref={trigger}
        className="channel-manage"
        icon="more"
        size={16}
        label={t("home.manage", { name })}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        data-testid={`conversation-menu-${name}`}
      />
      {open && <LazyMenu label={name} trigger={trigger} entries={entries} onClose={() => setOpen(false)} />}
    </>
  );
}
