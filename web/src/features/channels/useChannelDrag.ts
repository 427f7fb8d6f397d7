import { type DragEvent, type HTMLAttributes, useMemo, useRef, useState } from "react";
import type { Id } from "../../gateway/protocol";
import { type Branch, moved, type Spot } from "../../state/channelTree";
import { useAttempt, useParley } from "../parley";

type RowProps = HTMLAttributes<HTMLElement> & { "data-drop"?: "before" | "after" | "into" | undefined };

export interface ChannelDrag {
  /** For the row of a channel or the name of a category. */
  row: (id: Id) => RowProps;
}

/**
 * Dragging channels with the pointer. The keyboard has the menu of each channel, and the list in the settings; loading
 * react-aria's dragging with the first view would be dear.
 */
export function useChannelDrag(groupId: Id, tree: readonly Branch[]): ChannelDrag {
  const parley = useParley();
  const attempt = useAttempt();
  const dragged = useRef<Id | null>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  return useMemo(() => {
    const end = (): void => {
      dragged.current = null;
      setSpot(null);
    };
    const over = (event: DragEvent, id: Id): void => {
      if (dragged.current === null) return;
      const next = spotAt(event, tree, dragged.current, id);
      if (moved(tree, dragged.current, next) === null) {
        setSpot(null);
        return;
      }
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      setSpot((before) => (before && same(before, next) ? before : next));
    };
    const drop = (event: DragEvent, id: Id): void => {
      if (dragged.current === null) return;
      event.preventDefault();
      const next = moved(tree, dragged.current, spotAt(event, tree, dragged.current, id));
      end();
      if (next === null) return;
      void attempt(async () => {
        const { upkeepOf } = await import("../../state/upkeep");
        await upkeepOf(parley).orderChannels(groupId, next);
      });
    };
    return {
      row: (id) => ({
        draggable: true,
        onDragStart: (event) => {
          event.stopPropagation();
          dragged.current = id;
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", parley.world.getState().channels[id]?.name ?? "");
        },
        onDragEnd: end,
        onDragOver: (event) => over(event, id),
        onDragLeave: () => setSpot(null),
        onDrop: (event) => drop(event, id),
        "data-drop": shownAt(spot, id),
      }),
    };
  }, [groupId, tree, spot, parley, attempt]);
}

function spotAt(event: DragEvent, tree: readonly Branch[], dragged: Id, id: Id): Spot {
  const isCategory = (each: Id): boolean => tree.some(({ category }) => category?.id === each);
  if (isCategory(id) && !isCategory(dragged)) return { at: "end", categoryId: id };
  const { top, height } = event.currentTarget.getBoundingClientRect();
  return { at: event.clientY < top + height / 2 ? "before" : "after", id };
}

function shownAt(spot: Spot | null, id: Id): RowProps["data-drop"] {
  if (spot === null) return undefined;
  if (spot.at === "end") return spot.categoryId === id ? "into" : undefined;
  return spot.id === id ? spot.at : undefined;
}

const same = (one: Spot, other: Spot): boolean => JSON.stringify(one) === JSON.stringify(other);
