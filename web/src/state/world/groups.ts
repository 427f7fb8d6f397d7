/** Groups with their channels, roles, emoji and members. Pure. */

import type { Channel, GatewayEvent, GroupView, Id, Member } from "../../gateway/protocol";
import { unreadCursor } from "../unread";
import { dropPlace, without } from "./records";
import type { GroupState, Reducers, World } from "./shape";

type Types = Extract<
  GatewayEvent["type"],
  `group.${string}` | `channel.${string}` | `role.${string}` | `emoji.${string}` | `member.${string}`
>;

export const groupReducers: Reducers<Types> = {
  "group.join": (world, { view }) => joinGroup(world, view),
  "group.update": (world, { group }) => changeGroup(world, group.id, (state) => ({ ...state, group })),
  "group.leave": (world, { group_id }) => leaveGroup(world, group_id),

  "channel.update": (world, { channel, cursor, voice }) => {
    const known = world.channels[channel.id];
    // Of a channel in view, the events themselves say what was written last; the snapshot in here may be ahead of them.
    const last = known && cursor === null ? known.last_message_id : channel.last_message_id;
    const next: World = {
      ...world,
      channels: { ...world.channels, [channel.id]: { ...channel, last_message_id: last } },
    };
    if (channel.kind === "category") return next;
    if (channel.kind === "text") {
      const kept = cursor ?? world.cursors[channel.id] ?? unreadCursor(channel.id);
      return { ...next, cursors: { ...world.cursors, [channel.id]: kept } };
    }
    const people = known && voice.length === 0 ? (world.voice[channel.id] ?? []) : voice;
    return { ...next, voice: { ...world.voice, [channel.id]: people } };
  },
  "channel.delete": (world, { channel_id }) => {
    const next = dropPlace(world, channel_id);
    // A category leaves its channels behind.
    const orphans = Object.values(next.channels).filter((each) => each.category_id === channel_id);
    if (orphans.length === 0) return next;
    const channels: Record<Id, Channel> = { ...next.channels };
    for (const each of orphans) channels[each.id] = { ...each, category_id: null };
    return { ...next, channels };
  },

  "role.update": (world, { role }) =>
    changeGroup(world, role.group_id, (state) => ({
      ...state,
      roles: [...state.roles.filter((each) => each.id !== role.id), role],
    })),
  "role.delete": (world, { group_id, role_id }) => deleteRole(world, group_id, role_id),

  "emoji.update": (world, { emoji }) =>
    changeGroup(world, emoji.group_id, (state) => ({
      ...state,
      emojis: [...state.emojis.filter((each) => each.id !== emoji.id), emoji],
    })),
  "emoji.delete": (world, { group_id, emoji_id }) =>
    changeGroup(world, group_id, (state) => ({
      ...state,
      emojis: state.emojis.filter((each) => each.id !== emoji_id),
    })),

  "member.join": (world, { member, user, member_count }) => {
    const next = changeGroup(world, member.group_id, (state) => ({ ...state, memberCount: member_count }));
    return setMember({ ...next, users: { ...next.users, [user.id]: user } }, member);
  },
  "member.update": (world, { member }) => {
    const next =
      member.user_id === world.me?.id
        ? changeGroup(world, member.group_id, (state) => ({ ...state, member }))
        : world;
    return setMember(next, member);
  },
  "member.leave": (world, { group_id, user_id, member_count }) => {
    const next = changeGroup(world, group_id, (state) => ({ ...state, memberCount: member_count }));
    const known = next.memberships[group_id];
    if (!known) return next;
    return { ...next, memberships: { ...next.memberships, [group_id]: without(known, user_id) } };
  },
};

export function joinGroup(world: World, view: GroupView): World {
  const id = view.group.id;
  const clean = leaveGroup(world, id, true);
  const channels = { ...clean.channels };
  const cursors = { ...clean.cursors };
  const voice = { ...clean.voice };
  for (const channel of view.channels) channels[channel.id] = channel;
  for (const cursor of view.cursors) cursors[cursor.channel_id] = cursor;
  for (const channel of view.channels) {
    if (channel.kind === "voice")
      voice[channel.id] = view.voice.filter((each) => each.channel_id === channel.id);
  }
  const { group, roles, emojis, member } = view;
  const state = { group, roles, emojis, member, memberCount: view.member_count };
  return { ...clean, groups: { ...clean.groups, [id]: state }, channels, cursors, voice };
}

function leaveGroup(world: World, id: Id, staying = false): World {
  let next = world;
  for (const channel of Object.values(world.channels)) {
    if (channel.group_id === id) next = dropPlace(next, channel.id, staying);
  }
  return {
    ...next,
    groups: without(next.groups, id),
    memberships: staying ? next.memberships : without(next.memberships, id),
  };
}

function changeGroup(world: World, id: Id, change: (state: GroupState) => GroupState): World {
  const state = world.groups[id];
  return state ? { ...world, groups: { ...world.groups, [id]: change(state) } } : world;
}

/** What is known of memberships, with some more. */
export function withMembers(
  known: World["memberships"],
  more: readonly (Member | null)[],
): World["memberships"] {
  const result: Record<Id, Record<Id, Member>> = {};
  for (const member of more) {
    if (member === null) continue;
    result[member.group_id] ??= { ...known[member.group_id] };
    Object.assign(result[member.group_id] ?? {}, { [member.user_id]: member });
  }
  return Object.keys(result).length === 0 ? known : { ...known, ...result };
}

function setMember(world: World, member: Member): World {
  return { ...world, memberships: withMembers(world.memberships, [member]) };
}

function deleteRole(world: World, group: Id, role: Id): World {
  const drop = (member: Member): Member =>
    member.role_ids.includes(role)
      ? { ...member, role_ids: member.role_ids.filter((each) => each !== role) }
      : member;
  const dropAll = (byId: Readonly<Record<Id, Member>>): Record<Id, Member> =>
    Object.fromEntries(Object.entries(byId).map(([id, member]) => [id, drop(member)]));
  const next = changeGroup(world, group, (state) => ({
    ...state,
    roles: state.roles.filter((each) => each.id !== role),
    member: drop(state.member),
  }));
  const channels = { ...next.channels };
  for (const channel of Object.values(channels)) {
    if (channel.group_id !== group) continue;
    const overwrites = channel.overwrites.filter((each) => each.target !== "role" || each.target_id !== role);
    if (overwrites.length !== channel.overwrites.length) channels[channel.id] = { ...channel, overwrites };
  }
  const known = next.memberships[group];
  return {
    ...next,
    channels,
    memberships: known ? { ...next.memberships, [group]: dropAll(known) } : next.memberships,
  };
}
