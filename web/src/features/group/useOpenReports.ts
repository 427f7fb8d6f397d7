import { useEffect } from "react";
import { useStore } from "zustand";
import type { Id } from "../../gateway/protocol";
import { bitsAnywhere } from "../../state/channelBits";
import { may } from "../../state/permissions";
import { openReports, reportCountsOf } from "../../state/reports";
import { useConnection, useParley, useWorld } from "../parley";

/** How many reports wait for this person in a group, or (null) of conversations. */
export function useOpenReports(groupId: Id | null): number {
  const parley = useParley();
  const counts = reportCountsOf(parley);
  const handles = useWorld((world) =>
    groupId === null
      ? world.me?.operator === true
      : may(bitsAnywhere(world, groupId, Date.now()), "manage_messages"),
  );
  const connected = useConnection((connection) => connection.state === "connected");
  const open = useStore(counts.store);
  const told = useWorld((world) => world.reports);
  useEffect(() => {
    if (!connected) counts.forget();
    else if (handles) void counts.count(groupId);
  }, [counts, connected, handles, groupId]);
  return handles ? openReports(open, told, groupId) : 0;
}
