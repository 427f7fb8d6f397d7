import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { compareIds } from "../../lib/ids";
import { openDialog, ui } from "../../state/ui";
import type { World } from "../../state/world";
import { useParley } from "../parley";

/** The next channel with something unread after the one in view, in the order of the lists. */
export function nextUnread(
  world: World,
  current: string | undefined,
): { groupId: string; channelId: string } | null {
  const all = Object.values(world.channels)
    .filter((each) => each.kind === "text")
    .sort((a, b) => compareIds(a.group_id, b.group_id) || a.position - b.position || compareIds(a.id, b.id));
  const at = all.findIndex((each) => each.id === current);
  const turned = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
  const found = turned.find((each) => (world.cursors[each.id]?.unread ?? 0) > 0);
  return found ? { groupId: found.group_id, channelId: found.id } : null;
}

/** Keys that work everywhere. */
export function useShortcuts(): void {
  const parley = useParley();
  const navigate = useNavigate();
  const { channelId } = useParams({ strict: false });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (command && !event.shiftKey && !event.altKey && key === "k") {
        event.preventDefault();
        if (ui.getState().dialog?.kind !== "switcher") openDialog({ kind: "switcher" });
      } else if (command && event.shiftKey && event.code === "KeyM") {
        event.preventDefault();
        parley.call.setMuted(!parley.call.store.getState().muted);
      } else if (command && event.shiftKey && event.code === "KeyD") {
        event.preventDefault();
        parley.call.setDeafened(!parley.call.store.getState().deafened);
      } else if (event.altKey && event.shiftKey && key === "arrowdown") {
        event.preventDefault();
        const next = nextUnread(parley.world.getState(), channelId);
        if (next) void navigate({ to: "/g/$groupId/c/$channelId", params: next });
      }
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [parley, navigate, channelId]);
}
