import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { LazyMenu } from "../../components/LazyOverlays";
import { useWide } from "../../components/useMedia";
import { openDialog, ui } from "../../state/ui";
import { nameOf, useMay, useMyId, useParley, useSettings, useUi, useWorld } from "../parley";
import "./members.css";

export function Members({ groupId }: { groupId: string }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const wide = useWide();
  const shown = useSettings((settings) => settings.membersShown);
  const open = useUi((state) => state.membersOpen);
  const list = useWorld((world) => world.members[groupId]);
  const count = useWorld((world) => world.groups[groupId]?.memberCount ?? 0);
  const users = useWorld((world) => world.users);
  const owner = useWorld((world) => world.groups[groupId]?.group.owner_id);
  const kick = useMay(groupId)("kick_members");
  const me = useMyId();
  const visible = wide ? shown : open;
  const missing = list === undefined;

  useEffect(() => {
    if (visible && missing) void parley.conversations.loadMembers(groupId);
  }, [parley, groupId, visible, missing]);

  const people = useMemo(
    () =>
      Object.keys(list?.byId ?? {})
        .map((id) => ({ id, name: nameOf(users[id]), username: users[id]?.username ?? "" }))
        .sort((a, b) => a.name.localeCompare(b.name, i18n.language)),
    [list?.byId, users, i18n.language],
  );
  if (!visible) return null;
  return (
    <aside className="members" aria-label={t("members.title")} data-testid="members">
      <header>
        <h2>{t("members.count", { count })}</h2>
        {!wide && (
          <IconButton
            icon="close"
            label={t("action.close")}
            onClick={() => ui.setState({ membersOpen: false })}
          />
        )}
      </header>
      <ul>
        {people.map((each) => (
          <Person
            key={each.id}
            groupId={groupId}
            userId={each.id}
            name={each.name}
            username={each.username}
            owner={each.id === owner}
            removable={kick && each.id !== owner && each.id !== me}
          />
        ))}
      </ul>
      {list?.loading && people.length === 0 && (
        <div className="members-bones" aria-busy="true">
          {[60, 48, 70, 52].map((width) => (
            <div key={width}>
              <div className="bone face" />
              <div className="bone" style={{ width: `${width}%` }} />
            </div>
          ))}
        </div>
      )}
      {list?.failed && (
        <Button look="quiet" wide onClick={() => void parley.conversations.loadMembers(groupId)}>
          {t("members.failed")}
        </Button>
      )}
      {list && !list.complete && !list.failed && people.length > 0 && (
        <Button
          look="quiet"
          wide
          busy={list.loading}
          onClick={() => void parley.conversations.loadMembers(groupId)}
        >
          {t("members.more")}
        </Button>
      )}
    </aside>
  );
}

interface PersonProps {
  groupId: string;
  userId: string;
  name: string;
  username: string;
  owner: boolean;
  removable: boolean;
}

function Person({ groupId, userId, name, username, owner, removable }: PersonProps) {
  const { t } = useTranslation();
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <li data-testid={`member-${username}`}>
      <Avatar id={userId} name={name} size={32} />
      <div className="member-name">
        <strong>
          {name}
          {owner && <span className="member-owner">{t("members.owner")}</span>}
        </strong>
        {name !== username && <small>@{username}</small>}
      </div>
      {removable && (
        <button
          ref={trigger}
          type="button"
          className="icon-button"
          aria-label={t("members.manage", { name })}
          aria-haspopup="menu"
          aria-expanded={open}
          onClick={() => setOpen(true)}
          data-testid={`member-menu-${username}`}
        >
          <Icon name="chevron" size={16} />
        </button>
      )}
      {open && (
        <LazyMenu
          label={name}
          trigger={trigger}
          onClose={() => setOpen(false)}
          entries={[
            {
              id: "remove",
              label: t("members.remove"),
              icon: "exit",
              danger: true,
              testId: "member-remove",
              onChoose: () => openDialog({ kind: "removeMember", groupId, userId }),
            },
          ]}
        />
      )}
    </li>
  );
}
