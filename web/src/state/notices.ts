/** Whether a message is worth telling somebody who looks elsewhere. Pure. */

import type { Message } from "../gateway/protocol";
import { channelLevel } from "./levels";
import { pings } from "./unread";
import { readerOf, type World } from "./world";

/** By the levels that this person chose; never of oneself, of somebody blocked, or while one does not want to be disturbed. */
export function isWorthTelling(world: World, message: Message, nowMs: number): boolean {
  const reader = readerOf(world, message.channel_id);
  if (reader === null || world.me?.status === "dnd") return false;
  if (message.author_id === reader.id || reader.hasBlocked(message.author_id)) return false;
  const group = world.channels[message.channel_id]?.group_id ?? null;
  const { level, muted } = channelLevel(world.levels, message.channel_id, group, nowMs);
  if (muted || level === "none") return false;
  return level === "all" || message.mentions?.here === true || pings(message.mentions, reader);
}
