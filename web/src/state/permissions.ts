/** Who may do what, by the rules of docs/protocol.md "Permissions"; the server enforces them, clients only show what fits. */

import type { Channel, Group, Id, Member, Role } from "../gateway/protocol";

export const Permission = {
  view_channel: 1 << 0,
  read_history: 1 << 1,
  send_messages: 1 << 2,
  manage_messages: 1 << 3,
  connect: 1 << 4,
  speak: 1 << 5,
  create_invite: 1 << 6,
  kick_members: 1 << 7,
  manage_channels: 1 << 8,
  manage_roles: 1 << 9,
  manage_group: 1 << 10,
  time_out_members: 1 << 11,
  administrator: 1 << 12,
  mention_everyone: 1 << 13,
  attach_files: 1 << 14,
  add_reactions: 1 << 15,
  pin_messages: 1 << 16,
  manage_emojis: 1 << 17,
  ban_members: 1 << 18,
  view_audit_log: 1 << 19,
  manage_nicknames: 1 << 20,
  change_nickname: 1 << 21,
} as const;

export type PermissionName = keyof typeof Permission;

export const EVERYTHING = (1 << 22) - 1;
/** What every member of a conversation may do in it. */
export const IN_CONVERSATION =
  Permission.view_channel |
  Permission.read_history |
  Permission.send_messages |
  Permission.attach_files |
  Permission.add_reactions |
  Permission.pin_messages |
  Permission.mention_everyone;
const IN_TIME_OUT = Permission.view_channel | Permission.read_history;

export interface Standing {
  group: Pick<Group, "id" | "owner_id">;
  roles: readonly Pick<Role, "id" | "permissions">[];
  member: Pick<Member, "user_id" | "role_ids" | "timed_out_until_ms">;
}

/** All permissions of a member, in a channel (with its category, if any) or, without one, in the group, as bits. */
export function permissionsOf(
  { group, roles, member }: Standing,
  channel: Pick<Channel, "overwrites"> | null,
  nowMs: number,
  category: Pick<Channel, "overwrites"> | null = null,
): number {
  if (member.user_id === group.owner_id) return EVERYTHING;
  const mine = new Set<Id>(member.role_ids);
  let bits = 0;
  for (const role of roles) if (role.id === group.id || mine.has(role.id)) bits |= role.permissions;
  bits &= EVERYTHING;
  if (bits & Permission.administrator) bits = EVERYTHING;
  else if (channel) {
    for (const layer of [category, channel])
      if (layer) bits = overwritten(bits, group.id, mine, member.user_id, layer.overwrites);
  }
  if (member.timed_out_until_ms !== null && member.timed_out_until_ms > nowMs) bits &= IN_TIME_OUT;
  return channel !== null && !(bits & Permission.view_channel) ? 0 : bits;
}

function overwritten(
  base: number,
  everyone: Id,
  mine: ReadonlySet<Id>,
  user: Id,
  overwrites: Channel["overwrites"],
): number {
  let bits = base;
  let roleAllow = 0;
  let roleDeny = 0;
  let own: Channel["overwrites"][number] | undefined;
  for (const overwrite of overwrites) {
    if (overwrite.target === "member") {
      if (overwrite.target_id === user) own = overwrite;
    } else if (overwrite.target_id === everyone) {
      bits = (bits & ~overwrite.deny) | overwrite.allow;
    } else if (mine.has(overwrite.target_id)) {
      roleAllow |= overwrite.allow;
      roleDeny |= overwrite.deny;
    }
  }
  bits = (bits & ~roleDeny) | roleAllow;
  if (own) bits = (bits & ~own.deny) | own.allow;
  return bits & EVERYTHING;
}

export function may(bits: number, name: PermissionName): boolean {
  return (bits & Permission[name]) !== 0;
}
