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

/** The badges of all places of a group together, or of all conversations (`group` is null). */
export function badgeOfAll(world: World, group: Id | null, nowMs: number): Badge {
  const places =
    group === null
      ? Object.keys(world.conversations)
      : Object.values(world.channels)
          .filter((each) => each.group_id === group && each.kind === "text")
          .map((each) => each.id);
  const sum: Badge = { fresh: false, unread: 0, urgent: 0 };
  for (const id of places) {
    const told = channelLevel(world.levels, id, group, nowMs);
    const badge = badgeOf(world.cursors[id], told, group === null);
    sum.fresh ||= badge.fresh;
    sum.unread += badge.fresh ? badge.unread : 0;
    sum.urgent += badge.urgent;
  }
  return sum;
}
