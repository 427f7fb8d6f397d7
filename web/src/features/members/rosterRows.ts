/** The member list as rows: a heading for each section that has people, and those of them who are known. Pure. */

import type { Id, RosterSection } from "../../gateway/protocol";
import { headOf, type RosterEntry } from "../../state/roster";

export type RosterRow =
  | { kind: "heading"; key: string; section: RosterSection }
  | { kind: "person"; key: string; userId: Id; offline: boolean };

export function rosterRows(sections: readonly RosterSection[], entries: readonly RosterEntry[]): RosterRow[] {
  return sections.flatMap((section): RosterRow[] => {
    const key = headOf(section);
    const people = entries.filter((each) => each.head === key);
    if (people.length === 0) return [];
    return [
      { kind: "heading", key, section },
      ...people.map(
        ({ userId }) => ({ kind: "person", key: userId, userId, offline: !section.online }) as const,
      ),
    ];
  });
}
