import { useStore } from "zustand";
import { type Draft, draftOf, drafts, setDraft } from "../../state/drafts";
import { encodeSections, lookupIn } from "../../state/naming";
import type { Place } from "../../state/places";
import { textLength, toSections } from "../../state/sections";
import type { Upload } from "../../state/uploads";
import { useAccount, useParley } from "../parley";
import { useSlowMode } from "./SlowMode";

const EMPTY: Draft = { text: "", replyTo: null };
const NO_UPLOADS: readonly Upload[] = [];

/** What is being written in a place, and sending it. */
export function useSending(place: Place) {
  const parley = useParley();
  const draft = useStore(drafts, (all) => all[place.id] ?? EMPTY);
  const uploads = useStore(parley.uploads.store, (all) => all[place.id] ?? NO_UPLOADS);
  const textMax = useAccount((account) => account.server?.limits.text_max ?? 4000);
  const sectionsMax = useAccount((account) => account.server?.limits.sections_max ?? 10);
  const left = textMax - textLength(draft.text);
  const busy = uploads.some((each) => each.state === "waiting" || each.state === "uploading");
  const ready = uploads.filter((each) => each.section !== null).length;
  const something = draft.text.trim() !== "" || ready > 0;
  const slow = useSlowMode(place);
  const sendable = something && !busy && left >= 0 && slow.leftMs === 0;

  const send = (): boolean => {
    if (!sendable) return false;
    const files = parley.uploads.take(place.id);
    const kept = draftOf(place.id);
    const { text, replyTo, picked = {}, quiet = false } = kept;
    const typed = toSections(text, replyTo, sectionsMax - files.length);
    const named = encodeSections(typed, picked, lookupIn(parley.world.getState(), place.id));
    const sections = [...named, ...files];
    const allowed = replyTo !== null && quiet ? { replied_user: false } : null;
    // Slow mode gives back what was typed; files would not come back with it.
    if (slow.everyS > 0 && files.length === 0) parley.outbox.send(place.id, sections, allowed, kept);
    else if (allowed !== null) parley.outbox.send(place.id, sections, allowed);
    else parley.outbox.send(place.id, sections);
    parley.conversations.typed(place.id);
    parley.reading.release(place.id);
    setDraft(place.id, EMPTY);
    return true;
  };
  return {
    draft,
    uploads,
    left,
    slow,
    sendable,
    filesMax: sectionsMax - 1,
    send,
    change: (more: Partial<Draft>) => setDraft(place.id, { ...draftOf(place.id), ...more }),
  };
}
