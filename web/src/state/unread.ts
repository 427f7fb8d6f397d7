/** Unread arithmetic of docs/protocol.md "Events". Pure. */

import type { Channel, Cursor, Id, Message } from "../gateway/protocol";
import { isNewer } from "../lib/ids";

export interface Reading {
  lastMessageId: Id | null;
  cursor: Cursor;
}

/** Somebody wrote: one more to read, unless it was oneself or the snapshot has it already. */
export function afterCreate({ lastMessageId, cursor }: Reading, message: Message, me: Id): Reading {
  const isNew = isNewer(message.id, lastMessageId);
  const next: Reading = { lastMessageId: isNew ? message.id : lastMessageId, cursor };
  if (message.author_id === me) {
    if (isNewer(message.id, cursor.last_read_id))
      next.cursor = { ...cursor, last_read_id: message.id, unread: 0 };
  } else if (isNew) {
    next.cursor = { ...cursor, unread: cursor.unread + 1 };
  }
  return next;
}

/** A message was deleted that this client knows (it cannot tell about others: the server sends the exact count then). */
export function afterDelete(cursor: Cursor, known: Message | undefined, me: Id): Cursor {
  if (!known || known.author_id === me || !isNewer(known.id, cursor.last_read_id)) return cursor;
  return { ...cursor, unread: Math.max(0, cursor.unread - 1) };
}

/** Take the server's word, except for one that is older than what is known here. */
export function afterCursor(known: Cursor | undefined, told: Cursor): Cursor {
  if (known?.last_read_id && isNewer(known.last_read_id, told.last_read_id)) return known;
  return told;
}

export const unreadCursor = (channel: Id): Cursor => ({ channel_id: channel, last_read_id: null, unread: 0 });

/** The first message of others after the line, where it is among these. */
export function firstUnread(
  messages: readonly Message[],
  lastReadId: Id | null,
  me: Id,
): Message | undefined {
  return messages.find((message) => message.author_id !== me && isNewer(message.id, lastReadId));
}

export function totalUnread(channels: readonly Channel[], cursors: Readonly<Record<Id, Cursor>>): number {
  return channels.reduce((sum, channel) => sum + (cursors[channel.id]?.unread ?? 0), 0);
}
