import { describe, expect, it } from "vitest";
import { boris, me, message } from "../../test/samples";
import type { Cursor } from "../gateway/protocol";
import { afterCreate, afterCursor, afterDelete, firstUnread } from "./unread";

const cursor = (last: string | null, unread: number): Cursor => ({
  channel_id: "11",
  last_read_id: last,
  unread,
});

describe("a new message", () => {
  it("of somebody else adds one", () => {
    const next = afterCreate({ lastMessageId: "9", cursor: cursor("9", 0) }, message("10"), me.id);
    expect(next).toEqual({ lastMessageId: "10", cursor: cursor("9", 1) });
  });

  it("that the snapshot holds already adds nothing", () => {
    const known = { lastMessageId: "10", cursor: cursor("9", 1) };
    expect(afterCreate(known, message("10"), me.id)).toEqual(known);
    expect(afterCreate(known, message("9"), me.id)).toEqual(known);
  });

  it("of one's own moves the cursor there", () => {
    const next = afterCreate({ lastMessageId: "10", cursor: cursor("5", 4) }, message("11", me.id), me.id);
    expect(next).toEqual({ lastMessageId: "11", cursor: cursor("11", 0) });
  });

  it("of one's own that comes twice does not take back what came after", () => {
    const known = { lastMessageId: "12", cursor: cursor("11", 1) };
    expect(afterCreate(known, message("11", me.id), me.id)).toEqual(known);
  });

  it("is the first of all", () => {
    expect(
      afterCreate({ lastMessageId: null, cursor: cursor(null, 0) }, message("3"), me.id).cursor.unread,
    ).toBe(1);
  });
});

describe("a deleted message", () => {
  it("takes one away when it was unread and of somebody else", () => {
    expect(afterDelete(cursor("9", 2), message("10"), me.id).unread).toBe(1);
  });

  it("changes nothing when it was read, one's own, or is not known", () => {
    const known = cursor("10", 2);
    expect(afterDelete(known, message("10"), me.id)).toBe(known);
    expect(afterDelete(known, message("11", me.id), me.id)).toBe(known);
    expect(afterDelete(known, undefined, me.id)).toBe(known);
  });

  it("never counts below zero", () => {
    expect(afterDelete(cursor("9", 0), message("10"), me.id).unread).toBe(0);
  });
});

describe("a told cursor", () => {
  it("is taken, unless it is older than what is known", () => {
    expect(afterCursor(cursor("5", 3), cursor("7", 1))).toEqual(cursor("7", 1));
    expect(afterCursor(cursor("7", 1), cursor("7", 0))).toEqual(cursor("7", 0));
    expect(afterCursor(cursor("7", 1), cursor("5", 3))).toEqual(cursor("7", 1));
    expect(afterCursor(undefined, cursor(null, 3))).toEqual(cursor(null, 3));
  });
});

it("finds the first unread message of others, by number and not by text", () => {
  const messages = [message("9"), message("10", me.id), message("11", boris.id), message("100")];
  expect(firstUnread(messages, "9", me.id)?.id).toBe("11");
  expect(firstUnread(messages, null, me.id)?.id).toBe("9");
  expect(firstUnread(messages, "100", me.id)).toBeUndefined();
});
