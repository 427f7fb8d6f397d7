/** Slow mode: until when one has to wait before writing in a channel again. The server decides; this only says so beforehand. */

import { createStore } from "zustand/vanilla";
import type { Id } from "../gateway/protocol";

/** Channel -> Unix milliseconds. */
export const waits = createStore<Readonly<Record<Id, number>>>(() => ({}));

export function waitUntil(channel: Id, untilMs: number): void {
  waits.setState((all) => ({ [channel]: Math.max(all[channel] ?? 0, untilMs) }));
}

export const waitMs = (all: Readonly<Record<Id, number>>, channel: Id, nowMs: number): number =>
  Math.max(0, (all[channel] ?? 0) - nowMs);
