import { useEffect, useState } from "react";
import type { Id, MemberPage } from "../../gateway/protocol";
import type { Parley } from "../../state/parley";
import { withMembers, withUsers } from "../../state/world";
import { useParley } from "../parley";

const ASK_AFTER_MS = 200;
const NONE: readonly Id[] = [];

/** What is known of people, with a page of members. */
export function takeMembers(parley: Parley, { members, users }: MemberPage): Id[] {
  parley.world.setState((world) => ({
    users: withUsers(world.users, users),
    memberships: withMembers(world.memberships, members),
  }));
  return members.map((each) => each.user_id);
}

/** The members whose name or nickname begins so, once one has stopped typing for a moment. */
export function useMembersFound(groupId: Id, typed: string): { found: readonly Id[]; asking: boolean } {
  const parley = useParley();
  const wanted = typed.trim();
  const [answer, setAnswer] = useState<{ wanted: string; found: readonly Id[] }>({ wanted: "", found: NONE });
  useEffect(() => {
    if (wanted === "") return;
    let current = true;
    const timer = setTimeout(() => {
      parley.api
        .searchMembers(groupId, wanted, 25)
        .then((page) => current && setAnswer({ wanted, found: takeMembers(parley, page) }))
        .catch(() => current && setAnswer({ wanted, found: NONE }));
    }, ASK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [parley, groupId, wanted]);
  return wanted === ""
    ? { found: NONE, asking: false }
    : { found: answer.found, asking: answer.wanted !== wanted };
}
