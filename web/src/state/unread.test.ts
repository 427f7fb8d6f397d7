import { describe, expect, it } from "vitest";
import { boris, cursor as cursorOf, me, message } from "../../test/samples";
import type { Cursor, Mentions } from "../gateway/protocol";
import { afterCreate, afterCursor, afterDelete, pings, type Reader } from "./unread";

const cursor = (last: string | null, unread: number, mentions = 0): Cursor =>
  cursorOf("11", { last_read_id: last, unread, mentions });
const anna: Reader = { id: me.id, roleIds: ["20"], hasBlocked: () => false };
const wary: Reader = { ...anna, hasBlocked: (user) => user === boris.id };
const pinging = (more: Partial<Mentions>): Mentions => ({
  user_ids: [],
  role_ids: [],
  everyone: false,
  here: false,
  ...more,
});

it.each([
  ["nobody", null, false],
  ["this reader", pinging({ user_ids: ["9", me.id] }), true],
  ["somebody else", pinging({ user_ids: ["9"] }), false],
  ["a role of this reader", pinging({ role_ids: ["20"] }), true],
  ["another role", pinging({ role_ids: ["21"] }), false],
  ["everyone", pinging({ everyone: true }), true],
  ["those who are here, which the server counts", pinging({ here: true }), false],
])("a message that names %s", (_, mentions, pinged) => {
  expect(pings(mentions, anna)).toBe(pinged);
});

describe("a new message", () => {
  it("of somebody else adds one", () => {
    const next = afterCreate({ lastMessageId: "9", cursor: cursor("9", 0) }, message("10"), anna);
    expect(next).toEqual({ lastMessageId: "10", cursor: cursor("9", 1) });
  });

  it("that pings adds a mention too", () => {
    const written = message("10", boris.id, { mentions: pinging({ everyone: true }) });
    const next = afterCreate({ lastMessageId: "9", cursor: cursor("9", 4, 1) }, written, anna);
    expect(next.cursor).toEqual(cursor("9", 5, 2));
  });

  it("of somebody blocked adds nothing", () => {
    const written = message("10", boris.id, { mentions: pinging({ everyone: true }) });
    const next = afterCreate({ lastMessageId: "9", cursor: cursor("9", 0) }, written, wary);
    expect(next).toEqual({ lastMessageId: "10", cursor: cursor("9", 0) });
  });

  it("that the snapshot holds already adds nothing", () => {
    const known = { lastMessageId: "10", cursor: cursor("9", 1) };
    expect(afterCreate(known, message("10"), anna)).toEqual(known);
    expect(afterCreate(known, message("9"), anna)).toEqual(known);
  });

  it("of one's own moves the cursor there", () => {
    const next = afterCreate({ lastMessageId: "10", cursor: cursor("5", 4, 2) }, message("11", me.id), anna);
    expect(next).toEqual({ lastMessageId: "11", cursor: cursor("11", 0) });
  });

  it("of one's own that comes twice does not take back what came after", () => {
    const known = { lastMessageId: "12", cursor: cursor("11", 1) };
    expect(afterCreate(known, message("11", me.id), anna)).toEqual(known);
  });

  it("is the first of all", () => {
    expect(
      afterCreate({ lastMessageId: null, cursor: cursor(null, 0) }, message("3"), anna).cursor.unread,
    ).toBe(1);
  });
});

describe("a deleted message", () => {
  it("takes one away when it was unread and of somebody else, and its mention", () => {
    expect(afterDelete(cursor("9", 2, 1), message("10"), anna)).toEqual(cursor("9", 1, 1));
    const written = message("10", boris.id, { mentions: pinging({ user_ids: [me.id] }) });
    expect(afterDelete(cursor("9", 2, 1), written, anna)).toEqual(cursor("9", 1, 0));
  });

  it("changes nothing when it was read, one's own, of somebody blocked, or is not known", () => {
    const known = cursor("10", 2);
    expect(afterDelete(known, message("10"), anna)).toBe(known);
    expect(afterDelete(known, message("11", me.id), anna)).toBe(known);
    expect(afterDelete(known, message("11"), wary)).toBe(known);
    expect(afterDelete(known, undefined, anna)).toBe(known);
  });

  it("never counts below zero", () => {
    expect(afterDelete(cursor("9", 0), message("10"), anna).unread).toBe(0);
  });
});

it("an answer to a move forward is taken, unless it is older than what is known", () => {
  expect(afterCursor(cursor("5", 3), cursor("7", 1))).toEqual(cursor("7", 1));
  expect(afterCursor(cursor("7", 1), cursor("7", 0))).toEqual(cursor("7", 0));
  expect(afterCursor(cursor("7", 1), cursor("5", 3))).toEqual(cursor("7", 1));
  expect(afterCursor(undefined, cursor(null, 3))).toEqual(cursor(null, 3));
});
