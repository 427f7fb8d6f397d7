/** What the list of messages shows, row by row. Pure. */

import type { Id, Message } from "../../gateway/protocol";
import { idTimeMs, isNewer } from "../../lib/ids";
import type { Outgoing } from "../../state/world";

export interface MessageRow {
  kind: "message";
  key: string;
  message: Message;
  timeMs: number;
  /** Follows one of the same person closely: neither name nor picture again. */
  compact: boolean;
  /** First of its day. */
  day: boolean;
  /** The unread line stands above it. */
  line: boolean;
}
export interface OutgoingRow {
  kind: "outgoing";
  key: string;
  outgoing: Outgoing;
  timeMs: number;
  compact: boolean;
  day: boolean;
  line: false;
}
export type Row = MessageRow | OutgoingRow;

const TOGETHER_MS = 5 * 60_000;

const dayOf = (timeMs: number): string => new Date(timeMs).toDateString();

export interface UnreadLine {
  /** The last message that was read when the line was drawn; null for none. */
  after: Id | null;
}

/**
 * The line is drawn only where its place is certain: the first message of others after it, with nothing missing between.
 * `complete` says that these messages begin with the channel's first.
 */
export function buildRows(
  messages: readonly Message[],
  outgoing: readonly Outgoing[],
  me: Id,
  line: UnreadLine | null,
  complete: boolean,
): Row[] {
  const rows: Row[] = [];
  let author: Id | null = null;
  let lastMs = 0;
  const first = messages[0];
  const certain = complete || (first !== undefined && !isNewer(first.id, line?.after));
  let drawn = line === null || !certain;
  for (const message of messages) {
    const timeMs = idTimeMs(message.id);
    const day = rows.length === 0 || dayOf(timeMs) !== dayOf(lastMs);
    const above = !drawn && message.author_id !== me && isNewer(message.id, line?.after);
    drawn ||= above;
    const answers = message.sections[0]?.kind === "reply";
    rows.push({
      kind: "message",
      key: message.author_id === me && message.nonce !== null ? message.nonce : message.id,
      message,
      timeMs,
      compact: author === message.author_id && timeMs - lastMs < TOGETHER_MS && !day && !above && !answers,
      day,
      line: above,
    });
    author = message.author_id;
    lastMs = timeMs;
  }
  for (const each of outgoing) {
    const day = rows.length === 0 || dayOf(each.sinceMs) !== dayOf(lastMs);
    const answers = each.sections[0]?.kind === "reply";
    rows.push({
      kind: "outgoing",
      key: each.nonce,
      outgoing: each,
      timeMs: each.sinceMs,
      compact: author === me && each.sinceMs - lastMs < TOGETHER_MS && !day && !answers,
      day,
      line: false,
    });
    author = me;
    lastMs = each.sinceMs;
  }
  return rows;
}
