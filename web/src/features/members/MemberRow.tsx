import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import type { Id } from "../../gateway/protocol";
import { useName, useNameStyle, usePresence, useWorld } from "../parley";
import { PersonButton } from "../people/PersonButton";
import { MemberMenu } from "./MemberMenu";
import { TimeOutMark } from "./TimeOutMark";

interface Props {
  groupId: Id;
  userId: Id;
  offline: boolean;
  tabbable: boolean;
  onFocus: () => void;
}

/** Somebody in the list of members: opens their profile; a menu has what else may be done. */
export function MemberRow({ groupId, userId, offline, tabbable, onFocus }: Props) {
  const { t } = useTranslation();
  const name = useName(userId, groupId);
  const style = useNameStyle(userId, groupId);
  const username = useWorld((world) => world.users[userId]?.username ?? userId);
  const owner = useWorld((world) => world.groups[groupId]?.group.owner_id === userId);
  const member = useWorld((world) => world.memberships[groupId]?.[userId]);
  const presence = usePresence(userId);
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const status = presence?.status ?? (offline ? "offline" : "online");
  const tabIndex = tabbable ? 0 : -1;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside have the same menu for the keyboard
    <div
      className="member"
      data-testid={`member-${username}`}
      data-offline={status === "offline" || undefined}
      onFocus={onFocus}
      onContextMenu={(event) => {
        event.preventDefault();
        setOpen(true);
      }}
    >
      <PersonButton
        id={`member-${userId}`}
        userId={userId}
        groupId={groupId}
        className="member-open"
        tabIndex={tabIndex}
      >
        <Avatar id={userId} name={name} size={32} status={status} />
        <span className="member-name">
          <strong style={style}>
            {name}
            {owner && <span className="member-owner">{t("members.owner")}</span>}
          </strong>
          <small>
            {presence?.text || <span className="hidden-visually">{t(`presence.${status}`)}</span>}
          </small>
        </span>
      </PersonButton>
      <TimeOutMark member={member} />
      <button
        ref={trigger}
        type="button"
        className="icon-button"
        tabIndex={tabIndex}
        aria-label={t("members.manage", { name })}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        data-testid={`member-menu-${username}`}
      >
        <Icon name="more" size={16} />
      </button>
      {open && (
        <MemberMenu groupId={groupId} userId={userId} trigger={trigger} onClose={() => setOpen(false)} />
      )}
    </div>
  );
}
