import { useCallback, useEffect, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import type { Id, Role } from "../../../gateway/protocol";
import { nameIn } from "../../../state/places";
import { useParley, useWorld } from "../../parley";
import { takeMembers } from "../useMembersFound";

const PAGE = 100;
/** Of a large group, so many pages are looked through at once. */
const PAGES_AT_ONCE = 5;

/** Who has a role: of those who are known, and of the members that are looked through page by page. */
export function useRoleHolders({ id, group_id }: Role) {
  const parley = useParley();
  const [after, setAfter] = useState<Id | null>(null);
  const [loading, setLoading] = useState(false);
  const [more, setMore] = useState(true);
  const holders = useWorld(
    useShallow((world) =>
      Object.values(world.memberships[group_id] ?? {})
        .filter((each) => each.role_ids.includes(id))
        .map((each) => each.user_id)
        .sort((a, b) => nameIn(world, group_id, a).localeCompare(nameIn(world, group_id, b))),
    ),
  );
  const read = useCallback(
    async (from: Id | null): Promise<void> => {
      setLoading(true);
      let next = from;
      let full = true;
      try {
        for (let count = 0; full && count < PAGES_AT_ONCE; count += 1) {
          const ids = takeMembers(parley, await parley.api.members(group_id, next, PAGE));
          next = ids.at(-1) ?? next;
          full = ids.length === PAGE;
        }
      } catch {
        // What was read is shown; more of it can be asked for.
      }
      setAfter(next);
      setMore(full);
      setLoading(false);
    },
    [parley, group_id],
  );
  useEffect(() => {
    void read(null);
  }, [read]);
  return { holders, loading, more, loadMore: () => void read(after) };
}
