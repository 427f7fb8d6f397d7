import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useShallow } from "zustand/react/shallow";
import { badgeOfAll } from "../../state/levels";
import { placeOf } from "../../state/places";
import { useWorld } from "../parley";

type Badging = { setAppBadge?: (count: number) => Promise<void>; clearAppBadge?: () => Promise<void> };

/** The window's title says where one is and how much calls for attention; a dot, that something is new. */
export function useTitle(): void {
  const { groupId, channelId } = useParams({ strict: false });
  const { urgent, fresh } = useWorld(
    useShallow((world) => {
      const all = [null, ...Object.keys(world.groups)].map((each) => badgeOfAll(world, each, Date.now()));
      return {
        urgent: all.reduce((sum, badge) => sum + badge.urgent, 0),
        fresh: all.some((badge) => badge.fresh),
      };
    }),
  );
  const group = useWorld((world) => (groupId ? world.groups[groupId]?.group.name : undefined));
  const place = useWorld((world) => {
    const found = channelId === undefined ? null : placeOf(world, channelId);
    return found?.kind === "channel" ? `#${found.name}` : found?.name;
  });
  useEffect(() => {
    const where = [place, group].filter(Boolean).join(" · ");
    document.title = `${urgent > 0 ? `(${urgent}) ` : fresh ? "• " : ""}${where ? `${where} · ` : ""}Parley`;
    const badging = navigator as Badging;
    const told = urgent > 0 ? badging.setAppBadge?.(urgent) : badging.clearAppBadge?.();
    told?.catch(() => undefined);
  }, [urgent, fresh, group, place]);
}
