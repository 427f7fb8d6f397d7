/** Changing records by copying them. Pure. */

import type { Channel, Id, User } from "../../gateway/protocol";
import type { World } from "./shape";

export function without<T>(
  record: Readonly<Record<string, T>>,
  key: string | number,
): Readonly<Record<string, T>> {
  if (!(key in record)) return record;
  const { [String(key)]: _, ...rest } = record;
  return rest;
}

export function withUsers(
  known: Readonly<Record<Id, User>>,
  more: readonly User[],
): Readonly<Record<Id, User>> {
  const news = more.map(publicUser).filter((user) => {
    const before = known[user.id];
    return (
      before?.username !== user.username ||
      before.display_name !== user.display_name ||
      before.kind !== user.kind ||
      before.avatar !== user.avatar
    );
  });
  // What follows names looks again only when one has changed.
  if (news.length === 0) return known;
  const users = { ...known };
  for (const user of news) users[user.id] = user;
  return users;
}

/** Without what only oneself knows. */
export function publicUser({ id, username, display_name, kind, avatar }: User): User {
  return { id, username, display_name, ...(kind ? { kind } : {}), ...(avatar ? { avatar } : {}) };
}

/** Everything that is kept for a place where people write or talk. */
export function dropPlace(world: World, id: Channel["id"], keepHistories = false): World {
  return {
    ...world,
    channels: without(world.channels, id),
    conversations: without(world.conversations, id),
    lastMessages: without(world.lastMessages, id),
    cursors: without(world.cursors, id),
    voice: without(world.voice, id),
    slots: without(world.slots, id),
    typing: without(world.typing, id),
    histories: keepHistories ? world.histories : without(world.histories, id),
    outbox: keepHistories ? world.outbox : without(world.outbox, id),
  };
}
