/** Direct messages and group conversations. Pure. */

import type { ConversationView, GatewayEvent } from "../../gateway/protocol";
import { unreadCursor } from "../unread";
import { dropPlace, withUsers } from "./records";
import type { Reducers, World } from "./shape";

type Types = Extract<GatewayEvent["type"], `conversation.${string}`>;

export const conversationReducers: Reducers<Types> = {
  "conversation.update": (world, { conversation, cursor, users }) => {
    const known = world.conversations[conversation.id];
    // As for channels: of one in view, the events themselves say what was written last.
    const last = known && cursor === null ? known.last_message_id : conversation.last_message_id;
    const next: World = {
      ...world,
      users: withUsers(world.users, users),
      conversations: {
        ...world.conversations,
        [conversation.id]: { ...conversation, last_message_id: last },
      },
      cursors: {
        ...world.cursors,
        [conversation.id]: cursor ?? world.cursors[conversation.id] ?? unreadCursor(conversation.id),
      },
    };
    if (known || last !== null) return next;
    return { ...next, lastMessages: { ...world.lastMessages, [conversation.id]: null } };
  },
  "conversation.delete": (world, { channel_id }) => dropPlace(world, channel_id),
};

/** A conversation as the snapshot, or an answer of REST, has it. */
export function takeConversation(world: World, view: ConversationView): World {
  const { conversation, cursor, last_message } = view;
  return {
    ...world,
    conversations: { ...world.conversations, [conversation.id]: conversation },
    cursors: { ...world.cursors, [conversation.id]: cursor },
    lastMessages: { ...world.lastMessages, [conversation.id]: last_message },
  };
}
