import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import type { Id } from "../../gateway/protocol";
import { hexColour } from "../../lib/colour";
import { rankedRoles } from "../../state/ranks";
import { MemberMenuButton } from "../members/MemberMenu";
import { TimeOutMark } from "../members/TimeOutMark";
import { PagesFoot } from "../messages/PagesFoot";
import { nextAfter, usePages } from "../messages/usePages";
import { useName, useNameStyle, useParley, useWorld } from "../parley";
import { PersonButton } from "../people/PersonButton";
import type { SectionProps } from "./GroupSettings";
import { takeMembers, useMembersFound } from "./useMembersFound";

const PAGE = 50;

/** All members, or those of a name, with what one may do to each. */
export function MembersSection({ groupId }: SectionProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const count = useWorld((world) => world.groups[groupId]?.memberCount ?? 0);
  return (
    <>
      <input
        className="input"
        type="search"
        aria-label={t("member.search")}
        placeholder={t("member.search")}
        value={typed}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        data-testid="members-search"
      />
      <section aria-labelledby="members-all">
        <h2 id="members-all">{t("members.count", { count })}</h2>
        {typed.trim() === "" ? <All groupId={groupId} /> : <Found groupId={groupId} typed={typed} />}
      </section>
    </>
  );
}

function All({ groupId }: { groupId: Id }) {
  const parley = useParley();
  const load = useCallback(
    async (after: Id | null) => {
      const items = takeMembers(parley, await parley.api.members(groupId, after, PAGE));
      return { items, next: nextAfter(items, items.length === PAGE, (each) => each) };
    },
    [parley, groupId],
  );
  const pages = usePages(load);
  return (
    <>
      <List groupId={groupId} users={pages.items} />
      <PagesFoot pages={pages} />
    </>
  );
}

function Found({ groupId, typed }: { groupId: Id; typed: string }) {
  const { t } = useTranslation();
  const { found, asking } = useMembersFound(groupId, typed);
  return (
    <>
      <List groupId={groupId} users={found} />
      {found.length === 0 && <p className="soft">{t(asking ? "member.searching" : "member.none")}</p>}
    </>
  );
}

function List({ groupId, users }: { groupId: Id; users: readonly Id[] }) {
  return (
    <ul className="people-list">
      {users.map((each) => (
        <Row key={each} groupId={groupId} userId={each} />
      ))}
    </ul>
  );
}

function Row({ groupId, userId }: { groupId: Id; userId: Id }) {
  const { t } = useTranslation();
  const user = useWorld((world) => world.users[userId]);
  const member = useWorld((world) => world.memberships[groupId]?.[userId]);
  const state = useWorld((world) => world.groups[groupId]);
  const name = useName(userId, groupId);
  const style = useNameStyle(userId, groupId);
  // Whoever is no longer a member is gone from here too.
  if (!member || !state) return null;
  const roles = rankedRoles(state).filter((each) => member.role_ids.includes(each.id));
  return (
    <li data-testid={`settings-member-${user?.username}`}>
      <Avatar id={userId} name={name} size={32} />
      <span className="grow">
        <PersonButton userId={userId} groupId={groupId} className="person-link" style={style}>
          <strong>{name}</strong>
        </PersonButton>
        <small>
          @{user?.username}
          {state.group.owner_id === userId && ` · ${t("members.owner")}`}
        </small>
      </span>
      <TimeOutMark member={member} />
      {roles.length > 0 && (
        <ul className="role-chips" aria-label={t("people.roles")}>
          {roles.map((role) => (
            <li key={role.id}>
              <i style={role.colour === null ? undefined : { background: hexColour(role.colour) }} />
              {role.name}
            </li>
          ))}
        </ul>
      )}
      <MemberMenuButton groupId={groupId} userId={userId} />
    </li>
  );
}
