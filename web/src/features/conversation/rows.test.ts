import { expect, it } from "vitest";
import { boris, me, message } from "../../../test/samples";
import type { Outgoing } from "../../state/world";
import { buildRows, type Row } from "./rows";

/** A snowflake born so many minutes after a fixed noon. */
const idAt = (minutes: number): string =>
  String((BigInt(500 * 86_400_000 + 12 * 3_600_000 + minutes * 60_000) << 22n) + 1n);
const said = (minutes: number, author = boris.id) => message(idAt(minutes), author);
const outgoing = (nonce: string, minutes: number): Outgoing => ({
  nonce,
  channelId: "11",
  sections: [],
  input: [],
  allowedMentions: null,
  sinceMs: 1_735_689_600_000 + 500 * 86_400_000 + 12 * 3_600_000 + minutes * 60_000,
  state: "pending",
  error: null,
  errorMessage: null,
  errorData: {},
});
const compact = (rows: Row[]): boolean[] => rows.map((row) => row.compact);

it("puts together what one person says within five minutes", () => {
  const rows = buildRows([said(0), said(1), said(7), said(8, me.id), said(9)], [], me.id, null, true);
  expect(compact(rows)).toEqual([false, true, false, false, false]);
});

it("begins anew on another day", () => {
  const rows = buildRows([said(0), said(2 * 1440)], [], me.id, null, true);
  expect(rows.map((row) => row.day)).toEqual([true, true]);
});

it("does not put an answer together with what was before", () => {
  const answer = { ...said(1), sections: [{ kind: "reply" as const, message_id: "1" }] };
  expect(compact(buildRows([said(0), answer], [], me.id, null, true))).toEqual([false, false]);
});

it("draws the line once, above the first unread message of others", () => {
  const messages = [said(0), said(1, me.id), said(2), said(3)];
  const rows = buildRows(messages, [], me.id, { after: messages[0]?.id ?? null }, false);
  expect(rows.map((row) => row.line)).toEqual([false, false, true, false]);
  expect(buildRows(messages, [], me.id, null, true).some((row) => row.line)).toBe(false);
});

it("adds what is on its way, and keeps its place when it arrives", () => {
  const rows = buildRows([said(0, me.id)], [outgoing("n", 1)], me.id, null, true);
  expect(compact(rows)).toEqual([false, true]);
  const arrived = buildRows([said(0, me.id), { ...said(1, me.id), nonce: "n" }], [], me.id, null, true);
  expect(arrived.map((row) => row.key)).toEqual(rows.map((row) => row.key));
});

it("draws no line where messages between it and these may be missing", () => {
  const messages = [said(5), said(6)];
  const line = { after: idAt(1) };
  expect(buildRows(messages, [], me.id, line, false).some((row) => row.line)).toBe(false);
  expect(buildRows(messages, [], me.id, line, true)[0]?.line).toBe(true);
  expect(buildRows(messages, [], me.id, { after: null }, false).some((row) => row.line)).toBe(false);
});
