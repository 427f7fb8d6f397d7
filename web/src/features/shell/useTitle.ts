import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useWorld } from "../parley";

type Badging = { setAppBadge?: (count: number) => Promise<void>; clearAppBadge?: () => Promise<void> };

/** The window's title says where one is and how much is unread. */
export function useTitle(): void {
  const { groupId, channelId } = useParams({ strict: false });
  const unread = useWorld((world) =>
    Object.values(world.cursors).reduce((sum, cursor) => sum + cursor.unread, 0),
  );
  const group = useWorld((world) => (groupId ? world.groups[groupId]?.group.name : undefined));
  const channel = useWorld((world) => (channelId ? world.channels[channelId]?.name : undefined));
  useEffect(() => {
    const place = [channel && `#${channel}`, group].filter(Boolean).join(" · ");
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${place ? `${place} · ` : ""}Parley`;
    const badging = navigator as Badging;
    const told = unread > 0 ? badging.setAppBadge?.(unread) : badging.clearAppBadge?.();
    told?.catch(() => undefined);
  }, [unread, group, channel]);
}
