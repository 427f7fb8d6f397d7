import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { badgeOfAll } from "../../state/levels";
import { placeOf } from "../../state/places";
import { useWorld } from "../parley";

type Badging = { setAppBadge?: (count: number) => Promise<void>; clearAppBadge?: () => Promise<void> };

/** The window's title says where one is and how much calls for attention: mentions, and messages to this person. */
export function useTitle(): void {
  const { groupId, channelId } = useParams({ strict: false });
  const unread = useWorld((world) =>
    [null, ...Object.keys(world.groups)].reduce(
      (sum, each) => sum + badgeOfAll(world, each, Date.now()).urgent,
      0,
    ),
  );
  const group = useWorld((world) => (groupId ? world.groups[groupId]?.group.name : undefined));
  const place = useWorld((world) => {
    const found = channelId === undefined ? null : placeOf(world, channelId);
    return found?.kind === "channel" ? `#${found.name}` : found?.name;
  });
  useEffect(() => {
    const where = [place, group].filter(Boolean).join(" · ");
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${where ? `${where} · ` : ""}Parley`;
    const badging = navigator as Badging;
    const told = unread > 0 ? badging.setAppBadge?.(unread) : badging.clearAppBadge?.();
    told?.catch(() => undefined);
  }, [unread, group, place]);
}
