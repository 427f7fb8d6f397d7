/** Reports that wait for a moderator: counted once for each group, and then by what the gateway tells. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { Administration } from "../gateway/administration";
import type { Id, Report } from "../gateway/protocol";
import type { Parley } from "./parley";
import type { World } from "./world";

/** As many are looked at; more are shown as so many and more. */
export const COUNTED_MAX = 100;

/** Group -> the open reports that were there when they were asked for; those of conversations stand under "". */
type Open = Readonly<Record<Id, readonly Id[]>>;
/** null: conversations, whose reports are for operators. */
type Where = Id | null;

export class ReportCounts {
  readonly store: StoreApi<Open> = createStore<Open>(() => ({}));
  readonly #asked = new Set<Where>();

  constructor(private readonly rest: Pick<Administration, "reports" | "conversationReports">) {}

  /** Have the reports of a group counted, once. */
  async count(group: Where): Promise<void> {
    if (this.#asked.has(group)) return;
    this.#asked.add(group);
    const at = { state: "open", limit: COUNTED_MAX } as const;
    try {
      const { reports } = await (group === null
        ? this.rest.conversationReports(at)
        : this.rest.reports(group, at));
      this.store.setState({ [group ?? ""]: reports.map((each) => each.id) });
    } catch {
      // Asked again when it is shown again.
      this.#asked.delete(group);
    }
  }

  /** The connection was made anew: what was told meanwhile is not known. */
  forget(): void {
    this.#asked.clear();
  }
}

/** How many wait in a group, as far as they were counted. */
export function openReports(open: Open, told: World["reports"], group: Where): number {
  const ids = new Set(open[group ?? ""]);
  for (const { id, group_id, state } of Object.values<Report>(told)) {
    if (group_id !== group) continue;
    if (state === "open") ids.add(id);
    else ids.delete(id);
  }
  return ids.size;
}

const made = new WeakMap<Parley, ReportCounts>();

export function reportCountsOf(parley: Parley): ReportCounts {
  const known = made.get(parley);
  if (known) return known;
  const counts = new ReportCounts(new Administration(parley.api.rest));
  made.set(parley, counts);
  return counts;
}
