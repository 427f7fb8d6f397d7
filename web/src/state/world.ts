/** Everything this client knows of the server, and how each event changes it. Pure: a world and an event give a world. */

import type { GatewayEvent, Ready } from "../gateway/protocol";
import { makeStale } from "./history";
import { conversationReducers, takeConversation } from "./world/conversations";
import { groupReducers, joinGroup } from "./world/groups";
import { messageReducers } from "./world/messages";
import { peopleReducers, withLevel } from "./world/people";
import { withUsers } from "./world/records";
import { emptyWorld, type Reducers, type World } from "./world/shape";
import { voiceReducers } from "./world/voice";

export { takeConversation } from "./world/conversations";
export { withMembers } from "./world/groups";
export { readerOf, TYPING_MS, takeCursor, takePage } from "./world/messages";
export { levelKey, withLevel } from "./world/people";
export { withUsers } from "./world/records";
export { emptyWorld, type GroupState, type Outgoing, type World } from "./world/shape";

/** A new snapshot: messages on the way, and messages on the screen until they are read again, are all that stays. */
export function applyReady(world: World, ready: Ready): World {
  const { relations, levels, conversations } = ready;
  const histories = Object.fromEntries(
    Object.entries(world.histories).map(([id, history]) => [id, makeStale(history)]),
  );
  const people = [
    ...ready.users,
    ready.me,
    ...ready.additions.map((each) => each.inviter),
    ...relations.map((each) => each.user),
  ];
  const start: World = {
    ...emptyWorld,
    loaded: true,
    me: ready.me,
    announcement: ready.announcement,
    users: withUsers(world.users, people),
    additions: ready.additions,
    relations: Object.fromEntries(relations.map((each) => [each.user.id, each])),
    levels: levels.reduce(withLevel, {}),
    histories,
    // Beside the messages on the screen: who wrote them, and what one reacted with.
    memberships: world.memberships,
    reacted: world.reacted,
    outbox: world.outbox,
  };
  return conversations.reduce(takeConversation, ready.groups.reduce(joinGroup, start));
}

const reducers: Reducers<GatewayEvent["type"]> = {
  ...groupReducers,
  ...conversationReducers,
  ...messageReducers,
  ...peopleReducers,
  ...voiceReducers,
};

/** One event applied; a type that this client does not know changes nothing. */
export function applyEvent(world: World, event: GatewayEvent, nowMs: number): World {
  const reduce = reducers[event.type] as
    | ((world: World, event: GatewayEvent, nowMs: number) => World)
    | undefined;
  return reduce ? reduce(world, event, nowMs) : world;
}
