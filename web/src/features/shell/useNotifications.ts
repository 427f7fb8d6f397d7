import { useEffect } from "react";
import type { Message } from "../../gateway/protocol";
import { isWorthTelling } from "../../state/notices";
import { nameIn, placeOf } from "../../state/places";
import { summary } from "../../state/sections";
import { settings } from "../../state/settings";
import { useGo } from "../navigation";
import { useParley } from "../parley";

/** Tells of messages on the desktop, where one asked for it, while the window cannot be seen. */
export function useNotifications(): void {
  const parley = useParley();
  const go = useGo();
  useEffect(() => {
    const tell = (message: Message): void => {
      const world = parley.world.getState();
      const place = placeOf(world, message.channel_id);
      if (!settings.getState().notifications || document.visibilityState === "visible") return;
      if (!place || !("Notification" in window) || Notification.permission !== "granted") return;
      if (!isWorthTelling(world, message, Date.now())) return;
      const author = nameIn(world, place.groupId, message.author_id);
      const group = place.groupId === null ? undefined : world.groups[place.groupId]?.group.name;
      const where = place.kind === "channel" ? `#${place.name} · ${group}` : place.name;
      const body = summary(message.sections, 200, (node) => {
        if (node.type !== "mention") return node.type === "emoji" ? `:${node.name}:` : `@${node.who}`;
        if (node.kind === "user") return `@${nameIn(world, place.groupId, node.id)}`;
        return node.kind === "channel" ? `#${world.channels[node.id]?.name ?? "…"}` : "@…";
      });
      const title = place.kind === "direct" ? author : `${author} · ${where}`;
      // One notification for each place: the newest stands for those before it.
      const notice = new Notification(title, { body, tag: place.id, icon: "/icon.svg" });
      notice.onclick = () => {
        window.focus();
        notice.close();
        void go(place, message.id);
      };
    };
    return parley.onMessage(tell);
  }, [parley, go]);
}
