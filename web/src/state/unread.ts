/** Unread arithmetic of docs/protocol.md "Reading" and "Events". Pure. */

import type { Cursor, Id, Mentions, Message } from "../gateway/protocol";
import { isNewer } from "../lib/ids";

export interface Reading {
  lastMessageId: Id | null;
  cursor: Cursor;
}

/** The one who counts. */
export interface Reader {
  id: Id;
  /** Their roles in the group of the channel. */
  roleIds: readonly Id[];
  hasBlocked: (user: Id) => boolean;
}

/** Whether a message pings this reader; `here` is not decided here: a `cursor.update` tells those who were meant. */
export function pings(mentions: Mentions | null, reader: Pick<Reader, "id" | "roleIds">): boolean {
  if (mentions === null) return false;
  return (
    mentions.everyone ||
    mentions.user_ids.includes(reader.id) ||
    mentions.role_ids.some((each) => reader.roleIds.includes(each))
  );
}

const counts = (message: Message, reader: Reader): boolean =>
  message.author_id !== reader.id && !reader.hasBlocked(message.author_id);

/** Somebody wrote: one more to read, unless it was oneself, somebody blocked, or the snapshot has it already. */
export function afterCreate({ lastMessageId, cursor }: Reading, message: Message, reader: Reader): Reading {
  const isNew = isNewer(message.id, lastMessageId);
  const next: Reading = { lastMessageId: isNew ? message.id : lastMessageId, cursor };
  if (message.author_id === reader.id) {
    if (isNewer(message.id, cursor.last_read_id))
      next.cursor = { ...cursor, last_read_id: message.id, unread: 0, mentions: 0 };
  } else if (isNew && counts(message, reader)) {
    const mentions = cursor.mentions + (pings(message.mentions, reader) ? 1 : 0);
    next.cursor = { ...cursor, unread: cursor.unread + 1, mentions };
  }
  return next;
}

/** A message was deleted that this client knows (it cannot tell about others: the server sends the exact count then). */
export function afterDelete(cursor: Cursor, known: Message | undefined, reader: Reader): Cursor {
  if (!known || !counts(known, reader) || !isNewer(known.id, cursor.last_read_id)) return cursor;
  const mentions = cursor.mentions - (pings(known.mentions, reader) ? 1 : 0);
  return { ...cursor, unread: Math.max(0, cursor.unread - 1), mentions: Math.max(0, mentions) };
}

/** Take the answer to a move forward, except for one that is older than what is known here. */
export function afterCursor(known: Cursor | undefined, told: Cursor): Cursor {
  if (known?.last_read_id && isNewer(known.last_read_id, told.last_read_id)) return known;
  return told;
}

export const unreadCursor = (channel: Id): Cursor => ({
  channel_id: channel,
  last_read_id: null,
  unread: 0,
  mentions: 0,
});
