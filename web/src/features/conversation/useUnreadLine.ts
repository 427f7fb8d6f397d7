import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Cursor } from "../../gateway/protocol";
import type { UnreadLine } from "./rows";

/** Where the line between read and unread stands: it is drawn once, and stays until one writes. */
export function useUnreadLine(cursor: Cursor | undefined, stuck: RefObject<boolean>) {
  const unread = cursor?.unread ?? 0;
  const [line, setLine] = useState<UnreadLine | null>(() =>
    unread > 0 ? { after: cursor?.last_read_id ?? null } : null,
  );
  /** How much was unread when one came. */
  const [lineCount] = useState(unread);
  const [lineSeen, setLineSeen] = useState(false);
  const dropLine = useCallback(() => setLine(null), []);

  const before = useRef(unread);
  useEffect(() => {
    const arrived = unread > before.current;
    const wasRead = before.current === 0;
    before.current = unread;
    if (!arrived) return;
    if (wasRead && (!document.hasFocus() || !stuck.current)) {
      setLine({ after: cursor?.last_read_id ?? null });
      setLineSeen(true);
    }
  }, [unread, cursor, stuck]);

  return { line, lineCount, lineSeen, setLineSeen, dropLine };
}
