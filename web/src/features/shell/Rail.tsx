import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { initials } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { openDialog } from "../../state/ui";
import type { GroupState } from "../../state/world";
import { useGroups, useWorld } from "../parley";

/** All groups, and the way home. */
export function Rail() {
  const { t } = useTranslation();
  const groups = useGroups();
  const asked = useWorld((world) => world.additions.length);
  return (
    <nav className="rail" aria-label={t("shell.groups")}>
      <Link
        to="/home"
        className="rail-item rail-home"
        aria-label={asked > 0 ? t("shell.homeAsked", { count: asked }) : t("shell.home")}
        title={t("shell.home")}
      >
        <Icon name="home" size={22} />
        {asked > 0 && <span className="rail-badge">{asked}</span>}
      </Link>
      <hr />
      <ul>
        {groups.map((state) => (
          <RailGroup key={state.group.id} state={state} />
        ))}
      </ul>
      <button
        type="button"
        className="rail-item rail-add"
        aria-label={t("shell.newGroup")}
        title={t("shell.newGroup")}
        onClick={() => openDialog({ kind: "newGroup" })}
        data-testid="new-group"
      >
        <Icon name="plus" size={22} />
      </button>
    </nav>
  );
}

function RailGroup({ state }: { state: GroupState }) {
  const { t } = useTranslation();
  const { group } = state;
  const { groupId } = useParams({ strict: false });
  const unread = useWorld((world) => {
    let sum = 0;
    for (const channel of Object.values(world.channels)) {
      if (channel.group_id === group.id) sum += world.cursors[channel.id]?.unread ?? 0;
    }
    return sum;
  });
  const current = groupId === group.id;
  return (
    <li>
      <Link
        to="/g/$groupId"
        params={{ groupId: group.id }}
        className="rail-item"
        data-current={current || undefined}
        data-unread={unread > 0 || undefined}
        aria-current={current ? "page" : undefined}
        aria-label={unread > 0 ? t("shell.groupUnread", { name: group.name, count: unread }) : group.name}
        title={group.name}
      >
        {initials(group.name)}
        {unread > 0 && <span className="rail-badge">{unread > 99 ? "99+" : unread}</span>}
      </Link>
    </li>
  );
}
