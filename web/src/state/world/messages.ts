/** Messages, reactions, cursors and typing. Pure. */

import type { Cursor, GatewayEvent, Id, Member, Message, MessagePage, User } from "../../gateway/protocol";
import { changeHistory, endLoad, type History, type HistoryChange } from "../history";
import { afterCreate, afterCursor, afterDelete, type Reader, unreadCursor } from "../unread";
import { withMembers } from "./groups";
import { without, withUsers } from "./records";
import type { Reducers, World } from "./shape";

/** How long somebody counts as typing after the last sign of it. */
export const TYPING_MS = 10_000;

type Types = Extract<
  GatewayEvent["type"],
  `message.${string}` | `reaction.${string}` | `cursor.${string}` | `typing.${string}`
>;

export const messageReducers: Reducers<Types> = {
  "message.create": (world, { message, author, member, users }) =>
    createMessage(world, message, [author, ...(users ?? [])], member ?? null),
  "message.update": (world, { message }) => {
    const next = changeMessages(world, message.channel_id, { type: "message.update", message });
    const last = next.lastMessages[message.channel_id];
    return {
      ...next,
      quoted: message.id in next.quoted ? { ...next.quoted, [message.id]: message } : next.quoted,
      lastMessages:
        last?.id === message.id ? { ...next.lastMessages, [message.channel_id]: message } : next.lastMessages,
    };
  },
  "message.delete": (world, { channel_id, message_id }) => deleteMessage(world, channel_id, message_id),
  "message.delete_bulk": (world, { channel_id, message_ids }) =>
    message_ids.reduce((each, id) => deleteMessage(each, channel_id, id), world),

  "reaction.update": (world, event) => {
    const { channel_id, message_id, emoji, user_id, reacted } = event;
    const next = changeMessages(world, channel_id, event);
    if (user_id !== world.me?.id) return next;
    return {
      ...next,
      reacted: { ...next.reacted, ...ownReaction(next.reacted, message_id, emoji, reacted) },
    };
  },

  "cursor.update": (world, { cursor }) => ({
    ...world,
    cursors: { ...world.cursors, [cursor.channel_id]: cursor },
  }),

  "typing.start": (world, { channel_id, user_id }, nowMs) => ({
    ...world,
    typing: { ...world.typing, [channel_id]: { ...world.typing[channel_id], [user_id]: nowMs + TYPING_MS } },
  }),
};

/** Who reads a channel here, as counting needs it. */
export function readerOf(world: World, channel: Id): Reader | null {
  if (!world.me) return null;
  const group = world.channels[channel]?.group_id;
  const state = group === undefined ? undefined : world.groups[group];
  return {
    id: world.me.id,
    roleIds: state?.member.role_ids ?? [],
    hasBlocked: (user) => world.relations[user]?.kind === "blocked",
  };
}

/** The page that was asked for has come. */
export function takePage(world: World, channel: Id, page: MessagePage): World {
  const history = world.histories[channel];
  if (!history) return world;
  const me = world.me?.id;
  let reacted: World["reacted"] = { ...world.reacted };
  for (const { id } of page.messages) reacted = { ...reacted, [id]: page.reacted[id] ?? [] };
  for (const change of history.meanwhile) {
    if (change.type === "reaction.update" && change.user_id === me)
      reacted = { ...reacted, ...ownReaction(reacted, change.message_id, change.emoji, change.reacted) };
  }
  return {
    ...world,
    users: withUsers(world.users, page.users),
    memberships: withMembers(world.memberships, page.members),
    reacted,
    histories: { ...world.histories, [channel]: endLoad(history, page) },
  };
}

/** What a cursor's move was answered with; what came by events since may be further. */
export function takeCursor(world: World, cursor: Cursor): World {
  const known = world.cursors[cursor.channel_id];
  return { ...world, cursors: { ...world.cursors, [cursor.channel_id]: afterCursor(known, cursor) } };
}

function createMessage(world: World, message: Message, users: readonly User[], member: Member | null): World {
  const place = message.channel_id;
  const next = changeMessages(world, place, { type: "message.create", message });
  const typing = next.typing[place];
  const result: World = {
    ...next,
    users: withUsers(next.users, users),
    memberships: withMembers(next.memberships, [member]),
    typing: typing ? { ...next.typing, [place]: without(typing, message.author_id) } : next.typing,
  };
  count(result, message);
  if (message.author_id === world.me?.id && message.nonce !== null) {
    const waiting = (result.outbox[place] ?? []).filter((each) => each.nonce !== message.nonce);
    result.outbox = { ...result.outbox, [place]: waiting };
  }
  return result;
}

/** Moves `last_message_id` and the cursor of the place, in a world that was just made. */
function count(world: World, message: Message): void {
  const place = message.channel_id;
  const channel = world.channels[place];
  const conversation = world.conversations[place];
  const reader = readerOf(world, place);
  const lastMessageId = (channel ?? conversation)?.last_message_id;
  if (lastMessageId === undefined || reader === null) return;
  const cursor = world.cursors[place] ?? unreadCursor(place);
  const reading = afterCreate({ lastMessageId, cursor }, message, reader);
  world.cursors = { ...world.cursors, [place]: reading.cursor };
  const last = { last_message_id: reading.lastMessageId };
  if (channel) world.channels = { ...world.channels, [place]: { ...channel, ...last } };
  if (conversation) {
    world.conversations = { ...world.conversations, [place]: { ...conversation, ...last } };
    if (reading.lastMessageId === message.id)
      world.lastMessages = { ...world.lastMessages, [place]: message };
  }
}

function deleteMessage(world: World, channel: Id, id: Id): World {
  const known = world.histories[channel]?.messages.find((each) => each.id === id);
  const cursor = world.cursors[channel];
  const reader = readerOf(world, channel);
  const next = changeMessages(world, channel, { type: "message.delete", message_id: id });
  return {
    ...next,
    quoted: { ...next.quoted, [id]: null },
    reacted: without(next.reacted, id),
    lastMessages:
      next.lastMessages[channel]?.id === id ? without(next.lastMessages, channel) : next.lastMessages,
    cursors:
      cursor && reader ? { ...next.cursors, [channel]: afterDelete(cursor, known, reader) } : next.cursors,
  };
}

function ownReaction(
  reacted: World["reacted"],
  message: Id,
  emoji: string,
  is: boolean,
): Record<Id, readonly string[]> {
  const others = (reacted[message] ?? []).filter((each) => each !== emoji);
  return { [message]: is ? [...others, emoji] : others };
}

function changeMessages(world: World, channel: Id, change: HistoryChange): World {
  const history: History | undefined = world.histories[channel];
  if (!history) return world;
  return { ...world, histories: { ...world.histories, [channel]: changeHistory(history, change) } };
}
