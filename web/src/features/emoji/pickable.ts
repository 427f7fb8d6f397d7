/** What the picker shows, section by section and row by row. Pure. */

import type { Emoji, Id } from "../../gateway/protocol";
import { findEmoji, inTone, type SkinTone, type UnicodeEmoji } from "../../lib/emoji";

export interface Pickable {
  /** As a reaction names it: characters, or the id of a group's own. */
  key: string;
  /** As it stands in a text that is being typed. */
  typed: string;
  label: string;
  shortName: string;
  /** Of a group's own. */
  id: Id | null;
}

export interface PickSection {
  /** `recent`, `own`, or the number of a group of Unicode's. */
  name: string;
  items: Pickable[];
}

export type PickRow = { kind: "head"; name: string } | { kind: "items"; items: Pickable[]; first: number };

const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;
const RECENT_SHOWN = 16;

export const ownPickable = ({ id, name }: Emoji): Pickable => ({
  key: id,
  typed: `:${name}:`,
  label: `:${name}:`,
  shortName: name,
  id,
});

export function unicodePickable(emoji: UnicodeEmoji, tone: SkinTone): Pickable {
  const key = inTone(emoji, tone);
  return { key, typed: key, label: emoji.label, shortName: emoji.shortName, id: null };
}

interface Choice {
  all: readonly UnicodeEmoji[];
  own: readonly Emoji[];
  recent: readonly string[];
  tone: SkinTone;
  typed: string;
}

export function pickSections({ all, own, recent, tone, typed }: Choice): PickSection[] {
  const wanted = typed.trim().toLowerCase();
  const mine = own.map(ownPickable);
  if (wanted !== "") {
    const found = mine.filter((each) => each.shortName.toLowerCase().includes(wanted.replace(/\s/g, "_")));
    const items = [...found, ...findEmoji(all, wanted).map((each) => unicodePickable(each, tone))];
    return items.length === 0 ? [] : [{ name: "found", items }];
  }
  const byKey = new Map(mine.map((each) => [each.key, each]));
  for (const each of all) {
    byKey.set(each.unicode, unicodePickable(each, 0));
    for (const skin of each.skins) byKey.set(skin, { ...unicodePickable(each, 0), key: skin, typed: skin });
  }
  const used = recent.flatMap((key) => byKey.get(key) ?? []).slice(0, RECENT_SHOWN);
  const sections: PickSection[] = [
    { name: "recent", items: used },
    { name: "own", items: mine },
    ...GROUPS.map((group) => ({
      name: String(group),
      items: all.filter((each) => each.group === group).map((each) => unicodePickable(each, tone)),
    })),
  ];
  return sections.filter((each) => each.items.length > 0);
}

/** In rows of so many; `first` is the place of a row's first one among all. */
export function pickRows(sections: readonly PickSection[], columns: number): PickRow[] {
  const rows: PickRow[] = [];
  let place = 0;
  for (const { name, items } of sections) {
    rows.push({ kind: "head", name });
    for (let at = 0; at < items.length; at += columns) {
      const some = items.slice(at, at + columns);
      rows.push({ kind: "items", items: some, first: place });
      place += some.length;
    }
  }
  return rows;
}

/** The place that an arrow key leads to; rows that are not full are entered at their end. */
export function moved(rows: readonly PickRow[], place: number, key: string): number {
  const lines = rows.filter((row) => row.kind === "items");
  const at = lines.findIndex((row) => place >= row.first && place < row.first + row.items.length);
  const line = lines[at];
  const last = lines.at(-1);
  if (!line || !last) return 0;
  const end = last.first + last.items.length - 1;
  if (key === "ArrowRight") return Math.min(place + 1, end);
  if (key === "ArrowLeft") return Math.max(place - 1, 0);
  const next = lines[key === "ArrowDown" ? at + 1 : at - 1];
  return next ? next.first + Math.min(place - line.first, next.items.length - 1) : place;
}
