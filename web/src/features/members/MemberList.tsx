import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { useStore } from "zustand";
import { Button } from "../../components/Button";
import type { Id, RosterSection } from "../../gateway/protocol";
import { Roster } from "../../state/roster";
import { useConnection, useNameOfRole, useParley } from "../parley";
import { MemberBones } from "./MemberBones";
import { MemberRow } from "./MemberRow";
import { type RosterRow, rosterRows } from "./rosterRows";

/** This near to the end, the next page is asked for. */
const NEAR_PX = 600;

/** The members of a group: those online first, by role. */
export default function MemberList({ groupId }: { groupId: Id }) {
  const { t } = useTranslation();
  const parley = useParley();
  const roster = useMemo(() => new Roster(groupId, parley.world, parley.api), [parley, groupId]);
  const { sections, entries, next, loaded, loading, failed } = useStore(roster.store);
  const connected = useConnection((connection) => connection.state === "connected");
  const rows = useMemo(() => rosterRows(sections, entries), [sections, entries]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const { active, setActive, pressed } = useRowFocus(rows, list);

  // What happened while the connection was away is not told.
  useEffect(() => (connected ? roster.open() : undefined), [roster, connected]);

  const scrolled = (): void => {
    const element = scroller.current;
    if (!element || next === null || loading || failed) return;
    if (element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX) void roster.loadMore();
  };
  if (!loaded) return failed ? <Failed roster={roster} /> : <MemberBones />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are walked through with the arrow keys
    <div ref={scroller} className="members-scroll" onScroll={scrolled} onKeyDown={pressed}>
      <Virtualizer ref={list} scrollRef={scroller} bufferSize={400}>
        {rows.map((row) =>
          row.kind === "heading" ? (
            <Heading key={row.key} groupId={groupId} section={row.section} />
          ) : (
            <MemberRow
              key={row.key}
              groupId={groupId}
              userId={row.userId}
              offline={row.offline}
              tabbable={active === null ? rows[1] === row : active === row.key}
              onFocus={() => setActive(row.key)}
            />
          ),
        )}
      </Virtualizer>
      {loading && next !== null && <MemberBones label={t("members.loading")} />}
      {failed && <Failed roster={roster} />}
    </div>
  );
}

function Failed({ roster }: { roster: Roster }) {
  const { t } = useTranslation();
  return (
    <div className="members-failed">
      <p>{t("members.failed")}</p>
      <Button onClick={() => void roster.loadMore()}>{t("action.retry")}</Button>
    </div>
  );
}

function Heading({ groupId, section }: { groupId: Id; section: RosterSection }) {
  const { t } = useTranslation();
  const role = useNameOfRole(groupId, section.role_id);
  const name = role ?? t(section.online ? "members.online" : "members.offline");
  return (
    <h3 className="members-heading">
      {name} <span>{section.count}</span>
    </h3>
  );
}

/** One row can be tabbed to; the arrows lead to the others. */
function useRowFocus(rows: readonly RosterRow[], list: { current: VirtualizerHandle | null }) {
  const [active, setActive] = useState<string | null>(null);
  const walk = (from: number, by: 1 | -1): void => {
    let at = from + by;
    while (rows[at]?.kind === "heading") at += by;
    const row = rows[at];
    if (!row) return;
    setActive(row.key);
    list.current?.scrollToIndex(at, { align: "nearest" });
    requestAnimationFrame(() => document.getElementById(`member-${row.key}`)?.focus());
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const at = rows.findIndex((each) => each.key === active);
    if (at === -1) return;
    event.preventDefault();
    walk(at, event.key === "ArrowDown" ? 1 : -1);
  };
  return { active, setActive, pressed };
}
