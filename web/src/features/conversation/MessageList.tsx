import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { Icon } from "../../components/Icon";
import type { History } from "../../state/history";
import type { Place } from "../../state/places";
import { toast, ui } from "../../state/ui";
import type { Outgoing } from "../../state/world";
import { useConnection, useMyId, useParley, useUi, useWorld } from "../parley";
import { Beginning, Day, MoreAbove, UnreadBar, UnreadRule } from "./ListParts";
import { MessageView } from "./MessageView";
import { OutgoingView } from "./OutgoingView";
import { buildRows, type Row } from "./rows";
import { useAttention } from "./useAttention";
import { useRowKeys } from "./useRowKeys";
import { useUnreadLine } from "./useUnreadLine";

interface Props {
  place: Place;
  history: History;
  editing: string | null;
  onEdit: (messageId: string | null) => void;
  onReply: (messageId: string) => void;
}

/** This near to an end, the next page is asked for. */
const NEAR_PX = 800;
/** This near to the end, new messages keep it in view. */
const STICK_PX = 80;
const FLASH_MS = 1_800;
const NONE: readonly Outgoing[] = [];

type Target =
  | { kind: "bottom" }
  | { kind: "line" }
  | { kind: "message"; id: string }
  /** The message stays this far below the upper edge. */
  | { kind: "keep"; id: string; belowTopPx: number };

const LINE_BELOW_TOP_PX = 72;

function placeOf(target: Target): { align: "center" } | { align: "start"; offset: number } {
  if (target.kind === "line") return { align: "start", offset: -LINE_BELOW_TOP_PX };
  if (target.kind === "keep") return { align: "start", offset: -target.belowTopPx };
  return { align: "center" };
}

export function MessageList({ place, history, editing, onEdit, onReply }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const outgoing = useWorld((world) => world.outbox[place.id] ?? NONE);
  const cursor = useWorld((world) => world.cursors[place.id]);
  const connected = useConnection((connection) => connection.state === "connected");
  const jump = useUi((state) => (state.jump?.channelId === place.id ? state.jump : null));
  const attentive = useAttention();
  const unread = cursor?.unread ?? 0;

  const [atBottom, setAtBottom] = useState(true);
  const [flash, setFlash] = useState<string | null>(null);

  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const stuck = useRef(true);
  const { line, lineCount, lineSeen, setLineSeen, dropLine } = useUnreadLine(cursor, stuck);
  const target = useRef<Target | null>(line ? { kind: "line" } : { kind: "bottom" });

  const rows = useMemo(
    () => buildRows(history.messages, history.hasAfter ? NONE : outgoing, me, line, !history.hasBefore),
    [history.messages, history.hasAfter, history.hasBefore, outgoing, me, line],
  );
  const rowsNow = useRef<Row[]>(rows);
  rowsNow.current = rows;

  // Rows that come in above keep what is in view where it is.
  const firstKey = rows[0]?.key;
  const lastFirstKey = useRef(firstKey);
  const prepended =
    firstKey !== lastFirstKey.current &&
    rows.some((row) => row.key === lastFirstKey.current) &&
    rows.length > 0;
  useLayoutEffect(() => {
    lastFirstKey.current = firstKey;
  }, [firstKey]);

  const lineIndex = rows.findIndex((row) => row.line);

  // ------------------------------------------------------------------------------------------------------------ reading

  /** What the eyes may have reached: the last row whose end is in view. */
  const look = useCallback(() => {
    const handle = list.current;
    const all = rowsNow.current;
    if (!handle || all.length === 0 || target.current !== null) return;
    const end = handle.scrollOffset + handle.viewportSize;
    let index = handle.findItemIndex(end);
    const tall = handle.getItemSize(index) > handle.viewportSize;
    if (!tall && handle.getItemOffset(index) + handle.getItemSize(index) > end + 4) index -= 1;
    const top = handle.findItemIndex(handle.scrollOffset);
    const at = all.findIndex((row) => row.line);
    if (at !== -1 && at >= top) setLineSeen(true);
    if (!attentive.current) return;
    for (; index >= 0; index -= 1) {
      const row = all[index];
      if (row?.kind === "message") {
        void parley.reading.markRead(place.id, row.message.id);
        return;
      }
    }
  }, [attentive, place.id, parley, setLineSeen]);

  const measure = useCallback(() => {
    const handle = list.current;
    const element = scroller.current;
    if (!handle || !element || target.current !== null) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    const { hasAfter, hasBefore, loading, failed } = parley.conversations.history(place.id);
    const bottom = below < STICK_PX && !hasAfter;
    stuck.current = bottom;
    setAtBottom(bottom);
    if (loading === null && failed === null) {
      if (hasBefore && element.scrollTop < NEAR_PX) void parley.conversations.loadBefore(place.id);
      else if (hasAfter && below < NEAR_PX) void parley.conversations.loadAfter(place.id);
    }
    look();
  }, [place.id, look, parley]);

  const toBottom = useCallback(() => {
    const handle = list.current;
    if (handle && rowsNow.current.length > 0)
      handle.scrollToIndex(rowsNow.current.length - 1, { align: "end" });
  }, []);

  /** Rows were measured: keep the end in view, and look anew whether it is, as no scrolling may follow. */
  const resized = useCallback(() => {
    if (target.current !== null) return;
    if (stuck.current && !parley.conversations.history(place.id).hasAfter) toBottom();
    requestAnimationFrame(measure);
  }, [place.id, measure, parley, toBottom]);

  // ------------------------------------------------------------------------------------------------------------ moving

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when rows have changed
  useLayoutEffect(() => {
    const handle = list.current;
    if (!handle || !history.fresh || rows.length === 0) {
      if (history.fresh) target.current = null;
      return;
    }
    const wanted = target.current;
    if (wanted === null) {
      if (stuck.current && !history.hasAfter) toBottom();
      return;
    }
    const index =
      wanted.kind === "bottom"
        ? -1
        : wanted.kind === "line"
          ? lineIndex
          : rows.findIndex((row) => row.kind === "message" && row.message.id === wanted.id);
    if (index === -1 && wanted.kind === "message") toast(t("message.notThere"));
    if (index === -1) toBottom();
    else handle.scrollToIndex(index, placeOf(wanted));
    if (wanted.kind === "message") setFlash(wanted.id);
    stuck.current = index === -1;
    // The place is reached over a few frames, while rows are measured; only then the eyes are somewhere.
    const timer = setTimeout(() => {
      target.current = null;
      measure();
    }, 120);
    return () => clearTimeout(timer);
  }, [rows, history.fresh, history.stretch]);

  useEffect(() => {
    if (flash === null) return;
    const timer = setTimeout(() => setFlash(null), FLASH_MS);
    return () => clearTimeout(timer);
  }, [flash]);

  const goTo = useCallback(
    (id: string) => {
      const index = rowsNow.current.findIndex((row) => row.kind === "message" && row.message.id === id);
      if (index !== -1) {
        list.current?.scrollToIndex(index, { align: "center" });
        stuck.current = false;
        setFlash(id);
        return;
      }
      target.current = { kind: "message", id };
      void parley.conversations.open(place.id, id);
    },
    [place.id, parley],
  );

  useEffect(() => {
    if (jump === null) return;
    goTo(jump.messageId);
    ui.setState({ jump: null });
  }, [jump, goTo]);

  const toPresent = useCallback(() => {
    if (!parley.conversations.history(place.id).hasAfter) {
      stuck.current = true;
      toBottom();
      return;
    }
    target.current = { kind: "bottom" };
    void parley.conversations.open(place.id);
  }, [place.id, parley, toBottom]);

  const toLine = useCallback(() => {
    setLineSeen(true);
    if (lineIndex !== -1) {
      list.current?.scrollToIndex(lineIndex, { align: "start", offset: -LINE_BELOW_TOP_PX });
      stuck.current = false;
      return;
    }
    target.current = { kind: "line" };
    const after = line?.after ?? null;
    void (after === null
      ? parley.conversations.openStart(place.id)
      : parley.conversations.open(place.id, after));
  }, [place.id, line, lineIndex, parley, setLineSeen]);

  // A new snapshot made the stretch stale: read it anew, where one is.
  const stale = !history.fresh && history.loading === null && history.failed === null;
  useEffect(() => {
    if (!stale) return;
    const handle = list.current;
    const index = handle && !stuck.current ? handle.findItemIndex(handle.scrollOffset) : -1;
    const row = rowsNow.current[index];
    if (handle && row?.kind === "message") {
      const belowTopPx = handle.getItemOffset(index) - handle.scrollOffset;
      target.current = { kind: "keep", id: row.message.id, belowTopPx };
      void parley.conversations.open(place.id, row.message.id);
    } else {
      target.current = { kind: "bottom" };
      void parley.conversations.open(place.id);
    }
  }, [stale, place.id, parley]);

  // What one writes is worth seeing.
  const lastOwn = outgoing.at(-1)?.nonce;
  const seenOwn = useRef(lastOwn);
  useEffect(() => {
    if (lastOwn === seenOwn.current) return;
    seenOwn.current = lastOwn;
    if (lastOwn === undefined) return;
    dropLine();
    toPresent();
  }, [lastOwn, dropLine, toPresent]);

  // Focus, a connection that is back, and rows that came in may let one read what is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again when one of these changes
  useEffect(() => {
    const frame = requestAnimationFrame(measure);
    return () => cancelAnimationFrame(frame);
  }, [rows, connected, history.hasAfter, history.fresh, measure]);
  useEffect(() => attentive.follow(measure), [attentive, measure]);

  const { active, pressed } = useRowKeys({ rows, me, scroller, list, onEdit, onReply });
  const above = line !== null && !lineSeen && lineCount > 0;
  return (
    <div className="messages">
      {above && <UnreadBar count={lineCount} onJump={toLine} onClose={() => setLineSeen(true)} />}
      <MoreAbove history={history} onRetry={() => void parley.conversations.loadBefore(place.id)} />
      <div
        ref={scroller}
        className="messages-scroll"
        role="log"
        aria-label={t("conversation.log", { name: place.name })}
        aria-relevant="additions"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the log is walked through with the arrow keys
        tabIndex={0}
        onKeyDown={pressed}
        data-testid="messages"
      >
        <div className="messages-spacer" />
        {rows.length === 0 && <Beginning place={place} empty />}
        <Virtualizer
          key={history.stretch}
          ref={list}
          scrollRef={scroller}
          shift={prepended}
          onScroll={measure}
          onResize={resized}
          bufferSize={600}
        >
          {rows.map((row, index) => (
            <div className="row" key={row.key} data-row id={`row-${row.key}`} tabIndex={-1}>
              {index === 0 && !history.hasBefore && <Beginning place={place} />}
              {row.day && <Day timeMs={row.timeMs} />}
              {row.line && <UnreadRule />}
              {row.kind === "message" ? (
                <MessageView
                  row={row}
                  place={place}
                  flash={flash === row.message.id}
                  active={active === row.key}
                  editing={editing === row.message.id}
                  onEdit={onEdit}
                  onReply={onReply}
                />
              ) : (
                <OutgoingView row={row} place={place} />
              )}
            </div>
          ))}
        </Virtualizer>
      </div>
      {!atBottom && (
        <button type="button" className="to-present" onClick={toPresent} data-testid="to-present">
          {unread > 0 ? t("conversation.unreadBelow", { count: unread }) : t("conversation.toPresent")}
          <Icon name="down" size={16} />
        </button>
      )}
    </div>
  );
}
