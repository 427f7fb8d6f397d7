/** Everything this client knows of the server, and how each event changes it. Pure: a world and an event give a world. */

import type {
  Addition,
  Channel,
  Cursor,
  GatewayEvent,
  Group,
  GroupView,
  Id,
  Me,
  Member,
  Message,
  Participant,
  Ready,
  Role,
  Section,
  User,
  VoiceState,
} from "../gateway/protocol";
import { compareIds } from "../lib/ids";
import { changeHistory, type History, makeStale } from "./history";
import { afterCreate, afterCursor, afterDelete, unreadCursor } from "./unread";

export interface GroupState {
  group: Group;
  roles: readonly Role[];
  /** One's own membership. */
  member: Member;
  memberCount: number;
}

export interface MemberList {
  byId: Readonly<Record<Id, Member>>;
  /** Where the next page begins; null when all are here. */
  next: Id | null;
  complete: boolean;
  loading: boolean;
  failed: boolean;
}

/** A message on its way to the server. */
export interface Outgoing {
  nonce: string;
  channelId: Id;
  sections: Section[];
  sinceMs: number;
  state: "pending" | "failed";
  /** Stable code of what went wrong. */
  error: string | null;
  errorMessage: string | null;
}

export interface World {
  me: Me | null;
  users: Readonly<Record<Id, User>>;
  groups: Readonly<Record<Id, GroupState>>;
  channels: Readonly<Record<Id, Channel>>;
  cursors: Readonly<Record<Id, Cursor>>;
  members: Readonly<Record<Id, MemberList>>;
  additions: readonly Addition[];
  histories: Readonly<Record<Id, History>>;
  /** Messages that replies point to; null for one that is gone. */
  quoted: Readonly<Record<Id, Message | null>>;
  outbox: Readonly<Record<Id, readonly Outgoing[]>>;
  /** Channel -> user -> until when. */
  typing: Readonly<Record<Id, Readonly<Record<Id, number>>>>;
  voice: Readonly<Record<Id, readonly VoiceState[]>>;
  speaking: Readonly<Record<Participant, true>>;
  slots: Readonly<Record<Id, readonly Participant[]>>;
  /** False until the first snapshot. */
  loaded: boolean;
}

export const emptyWorld: World = {
  me: null,
  users: {},
  groups: {},
  channels: {},
  cursors: {},
  members: {},
  additions: [],
  histories: {},
  quoted: {},
  outbox: {},
  typing: {},
  voice: {},
  speaking: {},
  slots: {},
  loaded: false,
};

/** How long somebody counts as typing after the last sign of it. */
export const TYPING_MS = 10_000;

// ------------------------------------------------------------------------------------------------------------ snapshot

/** A new snapshot: messages on the way, and messages on the screen until they are read again, are all that stays. */
export function applyReady(world: World, ready: Ready): World {
  const histories = Object.fromEntries(
    Object.entries(world.histories).map(([id, history]) => [id, makeStale(history)]),
  );
  const start: World = {
    ...emptyWorld,
    loaded: true,
    me: ready.me,
    users: withUsers(world.users, [...ready.users, ready.me, ...ready.additions.map((each) => each.inviter)]),
    additions: ready.additions,
    histories,
    outbox: world.outbox,
  };
  return ready.groups.reduce(joinGroup, start);
}

function joinGroup(world: World, view: GroupView): World {
  const id = view.group.id;
  const without = leaveGroup(world, id, true);
  const channels = { ...without.channels };
  const cursors = { ...without.cursors };
  const voice = { ...without.voice };
  for (const channel of view.channels) channels[channel.id] = channel;
  for (const cursor of view.cursors) cursors[cursor.channel_id] = cursor;
  for (const channel of view.channels) {
    if (channel.kind === "voice")
      voice[channel.id] = view.voice.filter((each) => each.channel_id === channel.id);
  }
  const groups = {
    ...without.groups,
    [id]: { group: view.group, roles: view.roles, member: view.member, memberCount: view.member_count },
  };
  return { ...without, groups, channels, cursors, voice };
}

function leaveGroup(world: World, id: Id, keepHistories = false): World {
  let next = world;
  for (const channel of Object.values(world.channels)) {
    if (channel.group_id === id) next = dropChannel(next, channel.id, keepHistories);
  }
  return { ...next, groups: without(next.groups, id), members: without(next.members, id) };
}

function dropChannel(world: World, id: Id, keepHistories = false): World {
  return {
    ...world,
    channels: without(world.channels, id),
    cursors: without(world.cursors, id),
    voice: without(world.voice, id),
    slots: without(world.slots, id),
    typing: without(world.typing, id),
    histories: keepHistories ? world.histories : without(world.histories, id),
    outbox: keepHistories ? world.outbox : without(world.outbox, id),
  };
}

// -------------------------------------------------------------------------------------------------------------- events

type Reducers = {
  [T in GatewayEvent["type"]]: (
    world: World,
    event: Extract<GatewayEvent, { type: T }>,
    nowMs: number,
  ) => World;
};

const reducers: Reducers = {
  "user.update": (world, { user }) => ({
    ...world,
    users: { ...world.users, [user.id]: user },
    me: world.me?.id === user.id ? { ...world.me, ...user } : world.me,
  }),

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
    if (channel.kind === "text") {
      const kept = cursor ?? world.cursors[channel.id] ?? unreadCursor(channel.id);
      return { ...next, cursors: { ...world.cursors, [channel.id]: kept } };
    }
    const people = known && voice.length === 0 ? (world.voice[channel.id] ?? []) : voice;
    return { ...next, voice: { ...world.voice, [channel.id]: people } };
  },
  "channel.delete": (world, { channel_id }) => dropChannel(world, channel_id),

  "role.update": (world, { role }) =>
    changeGroup(world, role.group_id, (state) => ({
      ...state,
      roles: [...state.roles.filter((each) => each.id !== role.id), role],
    })),
  "role.delete": (world, { group_id, role_id }) => deleteRole(world, group_id, role_id),

  "member.join": (world, { member, user, member_count }) => {
    const next = changeGroup(world, member.group_id, (state) => ({ ...state, memberCount: member_count }));
    return setMember({ ...next, users: { ...next.users, [user.id]: user } }, member, true);
  },
  "member.update": (world, { member }) => {
    const next =
      member.user_id === world.me?.id
        ? changeGroup(world, member.group_id, (state) => ({ ...state, member }))
        : world;
    return setMember(next, member, false);
  },
  "member.leave": (world, { group_id, user_id, member_count }) => {
    const next = changeGroup(world, group_id, (state) => ({ ...state, memberCount: member_count }));
    const list = next.members[group_id];
    if (!list) return next;
    return {
      ...next,
      members: { ...next.members, [group_id]: { ...list, byId: without(list.byId, user_id) } },
    };
  },

  "message.create": (world, { message, author }) => createMessage(world, message, author),
  "message.update": (world, { message }) => {
    const next = changeMessages(world, message.channel_id, { type: "message.update", message });
    return message.id in next.quoted ? { ...next, quoted: { ...next.quoted, [message.id]: message } } : next;
  },
  "message.delete": (world, { channel_id, message_id }) => {
    const known = world.histories[channel_id]?.messages.find((each) => each.id === message_id);
    const cursor = world.cursors[channel_id];
    const next = changeMessages(world, channel_id, { type: "message.delete", message_id });
    return {
      ...next,
      quoted: { ...next.quoted, [message_id]: null },
      cursors:
        cursor && world.me
          ? { ...next.cursors, [channel_id]: afterDelete(cursor, known, world.me.id) }
          : next.cursors,
    };
  },

  "cursor.update": (world, { cursor }) => ({
    ...world,
    cursors: {
      ...world.cursors,
      [cursor.channel_id]: afterCursor(world.cursors[cursor.channel_id], cursor),
    },
  }),

  "typing.start": (world, { channel_id, user_id }, nowMs) => ({
    ...world,
    typing: { ...world.typing, [channel_id]: { ...world.typing[channel_id], [user_id]: nowMs + TYPING_MS } },
  }),

  "addition.create": (world, { addition }) => ({
    ...world,
    additions: [...world.additions.filter((each) => each.id !== addition.id), addition],
    users: { ...world.users, [addition.inviter.id]: addition.inviter },
  }),
  "addition.delete": (world, { addition_id }) => ({
    ...world,
    additions: world.additions.filter((each) => each.id !== addition_id),
  }),

  "voice.update": (world, { state }) => {
    const people = (world.voice[state.channel_id] ?? []).filter(
      (each) => each.user_id !== state.user_id && each.participant !== state.participant,
    );
    // In the order of arrival, a change keeps one's place.
    const before = world.voice[state.channel_id]?.findIndex((each) => each.user_id === state.user_id) ?? -1;
    people.splice(before === -1 ? people.length : before, 0, state);
    return {
      ...world,
      voice: { ...world.voice, [state.channel_id]: people },
      speaking: state.muted ? without(world.speaking, state.participant) : world.speaking,
    };
  },
  "voice.leave": (world, { channel_id, participant }) => ({
    ...world,
    voice: {
      ...world.voice,
      [channel_id]: (world.voice[channel_id] ?? []).filter((each) => each.participant !== participant),
    },
    speaking: without(world.speaking, participant),
  }),
  "voice.speaking": (world, { participant, speaking }) => ({
    ...world,
    speaking: speaking ? { ...world.speaking, [participant]: true } : without(world.speaking, participant),
  }),
  "voice.slots": (world, { channel_id, slots }) => ({
    ...world,
    slots: { ...world.slots, [channel_id]: slots },
  }),
  // The call itself acts on it (voice/call.ts); a voice.leave tells who is gone.
  "voice.reset": (world) => world,
};

/** One event applied; a type that this client does not know changes nothing. */
export function applyEvent(world: World, event: GatewayEvent, nowMs: number): World {
  const reduce = reducers[event.type] as
    | ((world: World, event: GatewayEvent, nowMs: number) => World)
    | undefined;
  return reduce ? reduce(world, event, nowMs) : world;
}

// --------------------------------------------------------------------------------------------------------------- parts

function createMessage(world: World, message: Message, author: User): World {
  const channel = world.channels[message.channel_id];
  const next = changeMessages(world, message.channel_id, { type: "message.create", message });
  const typing = next.typing[message.channel_id];
  const result: World = {
    ...next,
    users: { ...next.users, [author.id]: author },
    typing: typing ? { ...next.typing, [message.channel_id]: without(typing, author.id) } : next.typing,
  };
  if (!channel || !world.me) return result;
  const cursor = world.cursors[channel.id] ?? unreadCursor(channel.id);
  const reading = afterCreate({ lastMessageId: channel.last_message_id, cursor }, message, world.me.id);
  result.channels = {
    ...result.channels,
    [channel.id]: { ...channel, last_message_id: reading.lastMessageId },
  };
  result.cursors = { ...result.cursors, [channel.id]: reading.cursor };
  if (author.id === world.me.id && message.nonce !== null) {
    const waiting = (result.outbox[channel.id] ?? []).filter((each) => each.nonce !== message.nonce);
    result.outbox = { ...result.outbox, [channel.id]: waiting };
  }
  return result;
}

function changeMessages(world: World, channel: Id, change: Parameters<typeof changeHistory>[1]): World {
  const history = world.histories[channel];
  if (!history) return world;
  return { ...world, histories: { ...world.histories, [channel]: changeHistory(history, change) } };
}

function changeGroup(world: World, id: Id, change: (state: GroupState) => GroupState): World {
  const state = world.groups[id];
  return state ? { ...world, groups: { ...world.groups, [id]: change(state) } } : world;
}

function setMember(world: World, member: Member, joined: boolean): World {
  const list = world.members[member.group_id];
  // Of a list that is still being paged through, only those before the next page are known.
  const inReach =
    list &&
    (member.user_id in list.byId || (joined && (list.complete || isBefore(member.user_id, list.next))));
  if (!list || !inReach) return world;
  const byId = { ...list.byId, [member.user_id]: member };
  return { ...world, members: { ...world.members, [member.group_id]: { ...list, byId } } };
}

const isBefore = (id: Id, end: Id | null): boolean => end !== null && compareIds(id, end) <= 0;

function deleteRole(world: World, group: Id, role: Id): World {
  const drop = (member: Member): Member => ({
    ...member,
    role_ids: member.role_ids.filter((each) => each !== role),
  });
  const next = changeGroup(world, group, (state) => ({
    ...state,
    roles: state.roles.filter((each) => each.id !== role),
    member: drop(state.member),
  }));
  const list = next.members[group];
  const channels = { ...next.channels };
  for (const channel of Object.values(channels)) {
    if (channel.group_id !== group) continue;
    const overwrites = channel.overwrites.filter((each) => each.target !== "role" || each.target_id !== role);
    if (overwrites.length !== channel.overwrites.length) channels[channel.id] = { ...channel, overwrites };
  }
  if (!list) return { ...next, channels };
  const byId = Object.fromEntries(Object.entries(list.byId).map(([id, member]) => [id, drop(member)]));
  return { ...next, channels, members: { ...next.members, [group]: { ...list, byId } } };
}

export function withUsers(
  known: Readonly<Record<Id, User>>,
  more: readonly User[],
): Readonly<Record<Id, User>> {
  if (more.length === 0) return known;
  const users = { ...known };
  for (const { id, username, display_name } of more) users[id] = { id, username, display_name };
  return users;
}

function without<T>(record: Readonly<Record<string, T>>, key: string | number): Readonly<Record<string, T>> {
  if (!(key in record)) return record;
  const { [String(key)]: _, ...rest } = record;
  return rest;
}
