/** What one may do oneself in a group and in its channels, as bits. Pure. */

import type { Channel, Id } from "../gateway/protocol";
import { Permission, permissionsOf } from "./permissions";
import type { World } from "./world";

/** In a channel, or (null) in the group. */
export function bitsIn(world: World, groupId: Id, channel: Channel | null, nowMs: number): number {
  const state = world.groups[groupId];
  if (!state) return 0;
  return permissionsOf(
    state,
    channel,
    nowMs,
    channel?.category_id ? world.channels[channel.category_id] : null,
  );
}

const MANAGING = Permission.manage_messages | Permission.manage_channels | Permission.manage_roles;

/** In the group, and what manages a single channel of it. */
export function bitsAnywhere(world: World, groupId: Id, nowMs: number): number {
  let bits = bitsIn(world, groupId, null, nowMs);
  for (const channel of Object.values(world.channels)) {
    // Only where an overwrite gives something is more than in the group; this is asked at each change of the world.
    const { category_id, group_id } = channel;
    if (group_id !== groupId) continue;
    if (gives(channel) || (category_id && gives(world.channels[category_id])))
      bits |= bitsIn(world, groupId, channel, nowMs);
  }
  return bits;
}

const gives = (channel: Channel | undefined): boolean =>
  channel?.overwrites.some((each) => (each.allow & MANAGING) !== 0) === true;
