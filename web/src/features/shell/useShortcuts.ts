import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { compareIds } from "../../lib/ids";
import { channelTree, rowsOf } from "../../state/channelTree";
import { badgeOf, channelLevel } from "../../state/levels";
import { byActivity } from "../../state/places";
import { openDialog, ui } from "../../state/ui";
import type { World } from "../../state/world";
import { linkTo } from "../navigation";
import { useParley } from "../parley";

interface Found {
  id: string;
  groupId: string | null;
}

/** The next place with something new after the one in view, in the order of the lists: conversations, then groups. */
export function nextUnread(world: World, current: string | undefined, nowMs: number): Found | null {
  const direct = byActivity(Object.values(world.conversations)).map(
    (each): Found => ({ id: each.id, groupId: null }),
  );
  const channels = Object.keys(world.groups)
    .sort(compareIds)
    .flatMap((group) =>
      rowsOf(channelTree(Object.values(world.channels).filter((each) => each.group_id === group))),
    )
    .filter((each) => each.kind === "text")
    .map((each): Found => ({ id: each.id, groupId: each.group_id }));
  const all = [...direct, ...channels];
  const at = all.findIndex((each) => each.id === current);
  const turned = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
  const isFresh = ({ id, groupId }: Found): boolean => {
    const told = channelLevel(world.levels, id, groupId, nowMs);
    const badge = badgeOf(world.cursors[id], told, groupId === null);
    return badge.fresh || badge.urgent > 0;
  };
  return turned.find(isFresh) ?? null;
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
      } else if (command && !event.altKey && key === "f" && channelId !== undefined) {
        event.preventDefault();
        ui.setState({ panel: "search", membersOpen: false });
        document.getElementById("search-input")?.focus();
      } else if (command && event.shiftKey && event.code === "KeyM") {
        event.preventDefault();
        parley.call.setMuted(!parley.call.store.getState().muted);
      } else if (command && event.shiftKey && event.code === "KeyD") {
        event.preventDefault();
        parley.call.setDeafened(!parley.call.store.getState().deafened);
      } else if (event.altKey && event.shiftKey && key === "arrowdown") {
        event.preventDefault();
        const next = nextUnread(parley.world.getState(), channelId, Date.now());
        if (next) void navigate(linkTo(next));
      }
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [parley, navigate, channelId]);
}
