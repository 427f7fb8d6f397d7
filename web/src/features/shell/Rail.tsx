import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { initials } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { openDialog } from "../../state/ui";
import type { GroupState } from "../../state/world";
import { useBadgeOfAll } from "../levels/Badges";
import { useGroups, useWorld } from "../parley";

/** All groups, and the way home. */
export function Rail() {
  const { t } = useTranslation();
  const groups = useGroups();
  const asked = useWorld(
    (world) =>
      world.additions.length +
      Object.values(world.relations).filter((each) => each.kind === "incoming").length,
  );
  const talk = useBadgeOfAll(null).urgent;
  const calls = asked + talk;
  return (
    <nav className="rail" aria-label={t("shell.groups")}>
      <Link
        to="/home"
        className="rail-item rail-home"
        aria-label={calls > 0 ? t("shell.homeCalls", { count: calls }) : t("shell.home")}
        title={t("shell.home")}
      >
        <Icon name="home" size={22} />
        {calls > 0 && <span className="rail-badge">{calls > 99 ? "99+" : calls}</span>}
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
  const { fresh, unread, urgent } = useBadgeOfAll(group.id);
  const current = groupId === group.id;
  return (
    <li>
      <Link
        to="/g/$groupId"
        params={{ groupId: group.id }}
        className="rail-item"
        data-current={current || undefined}
        data-unread={fresh || urgent > 0 || undefined}
        aria-current={current ? "page" : undefined}
        aria-label={
          urgent > 0
            ? t("shell.groupMentions", { name: group.name, count: urgent })
            : fresh
              ? t("shell.groupUnread", { name: group.name, count: unread })
              : group.name
        }
        title={group.name}
      >
        {initials(group.name)}
        {urgent > 0 && <span className="rail-badge">{urgent > 99 ? "99+" : urgent}</span>}
      </Link>
    </li>
  );
}
