import { type RefObject, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { LazyMenu } from "../../components/LazyOverlays";
import type { Id } from "../../gateway/protocol";
import { useMay, useMyId, useName, useWorld } from "../parley";
import { useMemberEntries } from "./useMemberEntries";

interface MenuProps {
  groupId: Id;
  userId: Id;
  trigger: RefObject<Element | null>;
  onClose: () => void;
}

/** What one may do with somebody in a group. */
export function MemberMenu({ groupId, userId, trigger, onClose }: MenuProps) {
  const name = useName(userId, groupId);
  const entries = useMemberEntries(groupId, userId);
  return <LazyMenu label={name} trigger={trigger} entries={entries} onClose={onClose} />;
}

export function MemberMenuButton({ groupId, userId }: { groupId: Id; userId: Id }) {
  const { t } = useTranslation();
  const me = useMyId();
  const may = useMay(groupId);
  const name = useName(userId, groupId);
  const username = useWorld((world) => world.users[userId]?.username ?? userId);
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  if (userId === me && !may("change_nickname") && !may("manage_roles")) return null;
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className="icon-button"
        aria-label={t("members.manage", { name })}
        title={t("members.manage", { name })}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        data-testid={`manage-${username}`}
      >
        <Icon name="more" size={18} />
      </button>
      {open && (
        <MemberMenu groupId={groupId} userId={userId} trigger={trigger} onClose={() => setOpen(false)} />
      )}
    </>
  );
}
