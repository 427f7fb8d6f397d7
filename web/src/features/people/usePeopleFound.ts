import { useEffect, useMemo } from "react";
import type { Id, User } from "../../gateway/protocol";
import { likeness } from "../../lib/likeness";
import { nameOf } from "../../state/places";
import { withUsers } from "../../state/world";
import { useMyId, useParley, useWorld } from "../parley";

const ASK_AFTER_MS = 200;
const ASKED_GROUPS = 5;
const SHOWN = 30;

/** People by name: friends first, then others that are known; those whom one shares a group with are asked for. */
export function usePeopleFound(typed: string, without: readonly Id[]): User[] {
  const me = useMyId();
  const users = useWorld((world) => world.users);
  const relations = useWorld((world) => world.relations);
  useAsking(typed.trim());
  return useMemo(() => {
    const score = (user: User): number => {
      const fits = Math.max(likeness(nameOf(user), typed), likeness(user.username, typed));
      return fits === 0 ? 0 : fits + (relations[user.id]?.kind === "friend" ? 5 : 0);
    };
    return Object.values(users)
      .filter(({ id }) => id !== me && !without.includes(id) && relations[id]?.kind !== "blocked")
      .map((user) => ({ user, score: score(user) }))
      .filter((each) => each.score > 0)
      .sort((a, b) => b.score - a.score || nameOf(a.user).localeCompare(nameOf(b.user)))
      .slice(0, SHOWN)
      .map((each) => each.user);
  }, [users, relations, typed, me, without]);
}

function useAsking(typed: string): void {
  const parley = useParley();
  useEffect(() => {
    if (typed.length < 2) return;
    const timer = setTimeout(() => {
      for (const group of Object.keys(parley.world.getState().groups).slice(0, ASKED_GROUPS)) {
        parley.api
          .searchMembers(group, typed)
          .then((page) => parley.world.setState((world) => ({ users: withUsers(world.users, page.users) })))
          // Those who are known already are shown in any case.
          .catch(() => undefined);
      }
    }, ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [parley, typed]);
}
