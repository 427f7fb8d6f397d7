import { describe, expect, it } from "vitest";
import { channel, conversation, cursor, groupView, ready } from "../../test/samples";
import type { Level } from "../gateway/protocol";
import { badgeOf, badgeOfAll, channelLevel, FOR_GOOD_MS } from "./levels";
import { applyReady, emptyWorld, withLevel } from "./world";

const NOW = 1_000;
const level = (scope: Level["scope"], target: string, more: Partial<Level>): Level => ({
  scope,
  target_id: target,
  level: "default",
  muted_until_ms: null,
  ...more,
});
const of = (...levels: Level[]) => channelLevel(levels.reduce(withLevel, {}), "11", "10", NOW);

describe("a channel", () => {
  it("tells all, unless its group or it itself says otherwise", () => {
    expect(of()).toEqual({ level: "all", muted: false });
    expect(of(level("group", "10", { level: "mentions" })).level).toBe("mentions");
    const both = [level("group", "10", { level: "none" }), level("channel", "11", { level: "all" })];
    expect(of(...both).level).toBe("all");
  });

  it("is muted for a while, or for good, by itself or with its group", () => {
    expect(of(level("channel", "11", { muted_until_ms: NOW + 1 })).muted).toBe(true);
    expect(of(level("channel", "11", { muted_until_ms: NOW })).muted).toBe(false);
    expect(of(level("group", "10", { muted_until_ms: FOR_GOOD_MS })).muted).toBe(true);
  });
});

describe("a badge", () => {
  const counts = cursor("11", { unread: 5, mentions: 2 });

  it("counts mentions in a channel, everything in a conversation", () => {
    const told = { level: "all", muted: false } as const;
    expect(badgeOf(counts, told, false)).toEqual({ fresh: true, unread: 5, urgent: 2 });
    expect(badgeOf(counts, told, true)).toEqual({ fresh: true, unread: 5, urgent: 5 });
    expect(badgeOf(undefined, told, true)).toEqual({ fresh: false, unread: 0, urgent: 0 });
  });

  it("is quiet where one wants to be told of nothing", () => {
    expect(badgeOf(counts, { level: "none", muted: false }, false)).toEqual({
      fresh: false,
      unread: 5,
      urgent: 2,
    });
    expect(badgeOf(counts, { level: "all", muted: true }, true).urgent).toBe(0);
    expect(badgeOf(counts, { level: "mentions", muted: false }, true).urgent).toBe(2);
  });

  it("of a group and of all conversations is the sum of their places'", () => {
    const view = groupView({
      channels: [channel("11"), channel("13"), channel("12", { kind: "voice" })],
      cursors: [cursor("11", { unread: 3, mentions: 1 }), cursor("13", { unread: 4, mentions: 1 })],
    });
    const told = {
      conversation: conversation("80"),
      cursor: cursor("80", { unread: 2 }),
      last_message: null,
    };
    const muted = level("channel", "13", { muted_until_ms: FOR_GOOD_MS });
    const world = applyReady(emptyWorld, ready({ groups: [view], conversations: [told], levels: [muted] }));
    expect(badgeOfAll(world, "10", NOW)).toEqual({ fresh: true, unread: 3, urgent: 2 });
    expect(badgeOfAll(world, null, NOW)).toEqual({ fresh: true, unread: 2, urgent: 2 });
  });
});
