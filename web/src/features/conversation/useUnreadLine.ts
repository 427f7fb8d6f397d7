import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Cursor } from "../../gateway/protocol";
import { isNewer } from "../../lib/ids";
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

  const read = cursor?.last_read_id ?? null;
  const readBefore = useRef(read);
  useEffect(() => {
    const back = readBefore.current !== null && isNewer(readBefore.current, read);
    readBefore.current = read;
    if (!back) return;
    // Marked unread: the line stands there again.
    setLine({ after: read });
    setLineSeen(true);
  }, [read]);

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
