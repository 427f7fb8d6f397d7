/** Where people write: a group's text channel, or a conversation of a few. Pure. */

import type { Channel, Conversation, Id, User } from "../gateway/protocol";
import { compareIds } from "../lib/ids";
import type { World } from "./world";

export interface Place {
  /** Of the channel; a conversation has that of its channel. */
  id: Id;
  kind: "channel" | "direct" | "group";
  /** null: of no group. */
  groupId: Id | null;
  name: string;
  topic: string;
}

export function nameOf(user: User | undefined): string {
  return user ? user.display_name || user.username : "…";
}

/** How somebody is called in a group: by the nickname there, if any. */
export function nameIn(world: World, groupId: Id | null, userId: Id): string {
  return memberIn(world, groupId, userId)?.nickname || nameOf(world.users[userId]);
}

export function memberIn(world: World, groupId: Id | null, userId: Id) {
  if (groupId === null) return undefined;
  const own = world.groups[groupId]?.member;
  return own?.user_id === userId ? own : world.memberships[groupId]?.[userId];
}

/** The colour of somebody's name in a group: of the highest of their roles that has one, 0xRRGGBB. */
export function colourIn(world: World, groupId: Id | null, userId: Id): number | null {
  const member = memberIn(world, groupId, userId);
  if (!member || groupId === null) return null;
  let found: { colour: number; position: number } | null = null;
  for (const { id, colour, position } of world.groups[groupId]?.roles ?? []) {
    if (colour === null || !(member.role_ids.includes(id) || id === groupId)) continue;
    if (found === null || position > found.position) found = { colour, position };
  }
  return found?.colour ?? null;
}

/** The one on the other side of a direct conversation. */
export function partnerOf(conversation: Conversation, me: Id): Id {
  return conversation.member_ids.find((each) => each !== me) ?? me;
}

export function conversationName(world: World, conversation: Conversation): string {
  const me = world.me?.id ?? "";
  if (conversation.kind === "direct") return nameOf(world.users[partnerOf(conversation, me)]);
  if (conversation.name !== "") return conversation.name;
  const others = conversation.member_ids.filter((each) => each !== me);
  return others.map((each) => nameOf(world.users[each])).join(", ");
}

export const channelPlace = (channel: Channel): Place => ({
  id: channel.id,
  kind: "channel",
  groupId: channel.group_id,
  name: channel.name,
  topic: channel.topic,
});

export function placeOf(world: World, id: Id): Place | null {
  const channel = world.channels[id];
  if (channel) return channelPlace(channel);
  const conversation = world.conversations[id];
  if (!conversation) return null;
  const name = conversationName(world, conversation);
  return { id, kind: conversation.kind, groupId: null, name, topic: "" };
}

/** Conversations, the one with the latest activity first. */
export function byActivity(conversations: readonly Conversation[]): Conversation[] {
  const latest = ({ id, last_message_id }: Conversation): Id => last_message_id ?? id;
  return [...conversations].sort((a, b) => compareIds(latest(b), latest(a)));
}
