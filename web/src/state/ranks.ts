/** Who stands above whom, and what one may do to whom; the server decides by the same rules. Pure. */

import type { Group, Id, Member, Role } from "../gateway/protocol";
import { may, Permission, type PermissionName, permissionsOf } from "./permissions";
import type { GroupState } from "./world";

export const OWNER_RANK = Number.MAX_SAFE_INTEGER;

interface Hierarchy {
  group: Pick<Group, "id" | "owner_id">;
  roles: readonly Pick<Role, "id" | "position">[];
}
type Standing = Pick<Member, "user_id" | "role_ids">;

/** The highest position among one's roles; the owner's is above all. */
export function rankOf({ group, roles }: Hierarchy, { user_id, role_ids }: Standing): number {
  if (user_id === group.owner_id) return OWNER_RANK;
  return Math.max(0, ...roles.filter((each) => role_ids.includes(each.id)).map((each) => each.position));
}

/** Nobody stands above an equal. */
export const standsAbove = (group: Hierarchy, one: Standing, other: Standing): boolean =>
  rankOf(group, one) > rankOf(group, other);

/** What one may do in the group oneself, as bits. */
export const ownBits = (state: GroupState, nowMs: number): number => permissionsOf(state, null, nowMs);

/** Whether one may change, give and take this role. */
export const mayTouch = (state: GroupState, role: Pick<Role, "position">): boolean =>
  rankOf(state, state.member) > role.position;

/** All but everyone's, highest first. */
export function rankedRoles(state: Pick<GroupState, "group" | "roles">): Role[] {
  return state.roles
    .filter((each) => each.id !== state.group.id)
    .sort((a, b) => b.position - a.position || (a.name < b.name ? -1 : 1));
}

/** The roles that one may give to others: below oneself, and with nothing that one lacks. */
export function givableRoles(state: GroupState, nowMs: number): Role[] {
  const bits = ownBits(state, nowMs);
  if (!may(bits, "manage_roles")) return [];
  return rankedRoles(state).filter((each) => mayTouch(state, each) && (each.permissions & ~bits) === 0);
}

// -------------------------------------------------------------------------------------------------------- to members

export type Deed = "nickname" | "roles" | "timeOut" | "kick" | "ban";

const NEEDED: Readonly<Record<Deed, PermissionName>> = {
  nickname: "manage_nicknames",
  roles: "manage_roles",
  timeOut: "time_out_members",
  kick: "kick_members",
  ban: "ban_members",
};
const DEEDS = Object.keys(NEEDED) as Deed[];

/** What one may do to a member of the group. */
export function deedsTo(state: GroupState, target: Standing, nowMs: number): ReadonlySet<Deed> {
  const bits = ownBits(state, nowMs);
  const touches = rankedRoles(state).some((each) => mayTouch(state, each));
  if (target.user_id === state.member.user_id) {
    const own = new Set<Deed>();
    if (may(bits, "change_nickname")) own.add("nickname");
    if (may(bits, "manage_roles") && touches) own.add("roles");
    return own;
  }
  if (!standsAbove(state, state.member, target)) return new Set();
  return new Set(DEEDS.filter((deed) => may(bits, NEEDED[deed]) && (deed !== "roles" || touches)));
}

export const isTimedOut = (member: Pick<Member, "timed_out_until_ms"> | undefined, nowMs: number): boolean =>
  member?.timed_out_until_ms != null && member.timed_out_until_ms > nowMs;

// -------------------------------------------------------------------------------------------------------- moderators

/** What makes somebody a moderator. */
const MODERATION =
  Permission.manage_messages | Permission.kick_members | Permission.time_out_members | Permission.ban_members;
/** What the role has that a new group brings along for its moderators. */
export const MODERATOR =
  MODERATION |
  Permission.mention_everyone |
  Permission.pin_messages |
  Permission.view_audit_log |
  Permission.manage_nicknames;
/** What is for those who run the group. */
const RUNNING = Permission.administrator | Permission.manage_group | Permission.manage_roles;

/** The role that appoints moderators: a group comes with one, which may have been renamed; else the lowest that does. */
export function moderatorRole(state: Pick<GroupState, "group" | "roles">): Role | null {
  const fitting = rankedRoles(state).filter(
    (each) => (each.permissions & MODERATION) === MODERATION && (each.permissions & RUNNING) === 0,
  );
  return fitting.find((each) => each.name.toLowerCase() === "moderator") ?? fitting.at(-1) ?? null;
}

/** The ids of somebody's roles, with or without one of them. */
export const withRole = (ids: readonly Id[], role: Id, has: boolean): Id[] =>
  has ? [...new Set([...ids, role])] : ids.filter((each) => each !== role);
