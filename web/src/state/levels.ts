/** Of what one wants to be told, by docs/protocol.md "Reading". Pure. */

import type { Cursor, Id, Level } from "../gateway/protocol";
import { levelKey, type World } from "./world";

export interface Told {
  level: "all" | "mentions" | "none";
  muted: boolean;
}

/** `muted_until_ms` for good. */
export const FOR_GOOD_MS = Number.MAX_SAFE_INTEGER;

const isMuted = (level: Level | undefined, nowMs: number): boolean =>
  level !== undefined && level.muted_until_ms !== null && level.muted_until_ms > nowMs;

const chosen = (level: Level | undefined): Told["level"] | null =>
  level === undefined || level.level === "default" ? null : level.level;

export function groupLevel(levels: World["levels"], group: Id, nowMs: number): Told {
  const own = levels[levelKey("group", group)];
  return { level: chosen(own) ?? "all", muted: isMuted(own, nowMs) };
}

/** Of a channel, whose default is its group's, or of a conversation (`group` is null). */
export function channelLevel(levels: World["levels"], channel: Id, group: Id | null, nowMs: number): Told {
  const own = levels[levelKey("channel", channel)];
  const around: Told = group === null ? { level: "all", muted: false } : groupLevel(levels, group, nowMs);
  return { level: chosen(own) ?? around.level, muted: isMuted(own, nowMs) || around.muted };
}

export interface Badge {
  /** Something is new here, and one wants to know. */
  fresh: boolean;
  unread: number;
  /** What calls for attention: mentions, and everything in conversations. */
  urgent: number;
}

/** What a place shows of its counts. Who muted it, or wants to be told of nothing, is only counted the mentions for. */
export function badgeOf(cursor: Cursor | undefined, told: Told, conversation: boolean): Badge {
  const { unread = 0, mentions = 0 } = cursor ?? {};
  const quiet = told.muted || told.level === "none";
  const urgent = conversation && !quiet && told.level === "all" ? unread : mentions;
  return { fresh: unread > 0 && !quiet, unread, urgent: told.muted && conversation ? 0 : urgent };
}

/** Badges of whole groups, and of all conversations under "". */
type Sums = ReadonlyMap<Id, Badge>;

const NOTHING: Badge = { fresh: false, unread: 0, urgent: 0 };
const MINUTE_MS = 60_000;
let summed: { from: readonly unknown[]; sums: Sums } | null = null;

/** The badges of all places of a group together, or of all conversations (`group` is null). */
export function badgeOfAll(world: World, group: Id | null, nowMs: number): Badge {
  const { channels, conversations, cursors, levels } = world;
  // Many look at each change of the world; the sums are made once for all of them. Mutes end to the minute here.
  const from = [channels, conversations, cursors, levels, Math.floor(nowMs / MINUTE_MS)];
  if (summed === null || from.some((each, at) => each !== summed?.from[at]))
    summed = { from, sums: sumAll(world, nowMs) };
  return summed.sums.get(group ?? "") ?? NOTHING;
}

function sumAll(world: World, nowMs: number): Sums {
  const sums = new Map<Id, Badge>();
  const add = (place: Id, group: Id | null): void => {
    const told = channelLevel(world.levels, place, group, nowMs);
    const badge = badgeOf(world.cursors[place], told, group === null);
    const sum = sums.get(group ?? "") ?? NOTHING;
    sums.set(group ?? "", {
      fresh: sum.fresh || badge.fresh,
      unread: sum.unread + (badge.fresh ? badge.unread : 0),
      urgent: sum.urgent + badge.urgent,
    });
  };
  for (const id of Object.keys(world.conversations)) add(id, null);
  for (const { id, group_id, kind } of Object.values(world.channels)) if (kind === "text") add(id, group_id);
  return sums;
}
