/** Accounts, relations, presence, levels, requests to join, reports. Pure. */

import type { GatewayEvent, Id, Level, LevelScope } from "../../gateway/protocol";
import { publicUser, without, withUsers } from "./records";
import type { Reducers, World } from "./shape";

type Types = Extract<
  GatewayEvent["type"],
  | "user.update"
  | "me.update"
  | "announcement.update"
  | `relation.${string}`
  | "presence.update"
  | "level.update"
  | `addition.${string}`
  | "report.update"
>;

export const levelKey = (scope: LevelScope, target: Id): string => `${scope}:${target}`;

export const peopleReducers: Reducers<Types> = {
  "user.update": (world, { user }) => {
    const relation = world.relations[user.id];
    return {
      ...world,
      // A new object in any case: whoever shows the profile reads it anew, of which the user is only a part.
      users: { ...world.users, [user.id]: publicUser(user) },
      me: world.me?.id === user.id ? { ...world.me, ...user } : world.me,
      relations: relation ? { ...world.relations, [user.id]: { ...relation, user } } : world.relations,
    };
  },
  "me.update": (world, { me }) => ({ ...world, me, users: withUsers(world.users, [me]) }),

  "announcement.update": (world, { announcement }) => ({ ...world, announcement }),

  "relation.update": (world, { relation }) => ({
    ...world,
    relations: { ...world.relations, [relation.user.id]: relation },
    users: withUsers(world.users, [relation.user]),
  }),
  "relation.delete": (world, { user_id }) => ({ ...world, relations: without(world.relations, user_id) }),

  "presence.update": (world, { presence }) => ({
    ...world,
    presences: { ...world.presences, [presence.user_id]: presence },
  }),

  "level.update": (world, { level }) => ({ ...world, levels: withLevel(world.levels, level) }),

  "addition.create": (world, { addition }) => ({
    ...world,
    additions: [...world.additions.filter((each) => each.id !== addition.id), addition],
    users: withUsers(world.users, [addition.inviter]),
  }),
  "addition.delete": (world, { addition_id }) => ({
    ...world,
    additions: world.additions.filter((each) => each.id !== addition_id),
  }),

  "report.update": (world, { report }) => ({
    ...world,
    reports: { ...world.reports, [report.id]: report },
  }),
};

/** A level that says nothing is none. */
export function withLevel(levels: World["levels"], level: Level): World["levels"] {
  const key = levelKey(level.scope, level.target_id);
  if (level.level === "default" && level.muted_until_ms === null) return without(levels, key);
  return { ...levels, [key]: level };
}
