import { useEffect, useState } from "react";
import type { Id, Member } from "../../gateway/protocol";
import { asRequestError } from "../../lib/errors";
import { memberIn } from "../../state/places";
import { withMembers, withUsers } from "../../state/world";
import { useParley, useWorld } from "../parley";

/** Somebody's membership: undefined until it is known, null for one who is not in the group. */
export function useMembership(groupId: Id, userId: Id): Member | null | undefined {
  const parley = useParley();
  const known = useWorld((world) => memberIn(world, groupId, userId));
  const [stranger, setStranger] = useState(false);
  const missing = known === undefined;
  useEffect(() => {
    if (!missing) return;
    setStranger(false);
    let current = true;
    parley.api
      .member(groupId, userId)
      .then(({ member, user }) =>
        parley.world.setState((world) => ({
          users: withUsers(world.users, [user]),
          memberships: withMembers(world.memberships, [member]),
        })),
      )
      .catch((error) => {
        if (current && asRequestError(error).status === 404) setStranger(true);
      });
    return () => {
      current = false;
    };
  }, [parley, groupId, userId, missing]);
  return known ?? (stranger ? null : undefined);
}
