import { type KeyboardEvent, type RefObject, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Row } from "./rows";

interface Options {
  rows: readonly Row[];
  me: string;
  scroller: RefObject<HTMLElement | null>;
  list: RefObject<VirtualizerHandle | null>;
  onEdit: (messageId: string | null) => void;
  onReply: (messageId: string) => void;
}

/** Walks through the messages with the arrow keys; `r` replies, `e` edits. */
export function useRowKeys({ rows, me, scroller, list, onEdit, onReply }: Options) {
  const [active, setActive] = useState<string | null>(null);
  const walk = (at: number, by: 1 | -1): void => {
    const next = at === -1 ? rows.length - 1 : Math.min(rows.length - 1, Math.max(0, at + by));
    const key = rows[next]?.key;
    if (key === undefined) return;
    setActive(key);
    list.current?.scrollToIndex(next, { align: "nearest" });
    requestAnimationFrame(() => document.getElementById(`row-${key}`)?.focus({ preventScroll: true }));
  };
  const pressed = (event: KeyboardEvent): void => {
    const inRow = (event.target as HTMLElement).closest("[data-row]") === event.target;
    if (event.target !== scroller.current && !inRow) return;
    const at = rows.findIndex((row) => row.key === active);
    const row = rows[at];
    if (event.key === "ArrowUp") walk(at, -1);
    else if (event.key === "ArrowDown") walk(at, 1);
    else if (row?.kind !== "message") return;
    else if (event.key === "r") onReply(row.message.id);
    else if (event.key === "e" && row.message.author_id === me) onEdit(row.message.id);
    else return;
    event.preventDefault();
  };
  return { active, pressed };
}
