import { expect, it } from "vitest";
import { boris, me, message, ready } from "../../test/samples";
import type { Level, Mentions } from "../gateway/protocol";
import { isWorthTelling } from "./notices";
import { applyEvent, applyReady, emptyWorld, type World } from "./world";

const start = applyReady(emptyWorld, ready());
const level = (more: Partial<Level>): World =>
  applyEvent(
    start,
    {
      type: "level.update",
      level: { scope: "channel", target_id: "11", level: "default", muted_until_ms: null, ...more },
    },
    0,
  );
const mentions = (more: Partial<Mentions>): Mentions => ({
  user_ids: [],
  role_ids: [],
  everyone: false,
  here: false,
  ...more,
});
const plain = message("101");
const calling = message("101", boris.id, { mentions: mentions({ user_ids: [me.id] }) });
const told = (world: World, what = plain): boolean => isWorthTelling(world, what, 1_000);

it("tells of everything, of mentions, or of nothing, as one chose", () => {
  expect(told(start)).toBe(true);
  expect(told(level({ level: "mentions" }))).toBe(false);
  expect(told(level({ level: "mentions" }), calling)).toBe(true);
  const here = message("101", boris.id, { mentions: mentions({ here: true }) });
  expect(told(level({ level: "mentions" }), here)).toBe(true);
  expect(told(level({ level: "none" }), calling)).toBe(false);
});

it("tells of nothing in a place that is muted, until that ends", () => {
  expect(told(level({ muted_until_ms: 1_001 }), calling)).toBe(false);
  expect(told(level({ muted_until_ms: 999 }), calling)).toBe(true);
});

it("tells nothing of oneself, of somebody blocked, or to one who must not be disturbed", () => {
  expect(told(start, message("101", me.id))).toBe(false);
  const relation = { user: boris, kind: "blocked", since_ms: 1 } as const;
  expect(told(applyEvent(start, { type: "relation.update", relation }, 0), calling)).toBe(false);
  expect(told(applyEvent(start, { type: "me.update", me: { ...me, status: "dnd" } }, 0), calling)).toBe(
    false,
  );
  expect(told(emptyWorld)).toBe(false);
});
