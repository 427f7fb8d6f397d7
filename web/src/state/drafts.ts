/** What was typed and not sent yet, for each channel; survives a reload. */

import { createStore } from "zustand/vanilla";
import type { Id } from "../gateway/protocol";
import { load, save } from "../lib/storage";

export interface Draft {
  text: string;
  replyTo: Id | null;
  /** What was chosen from a list while typing, and what it stands for: `@boris` for `<@2>`. */
  picked?: Readonly<Record<string, string>>;
  /** The answer does not ping the one that it answers. */
  quiet?: boolean;
}

const KEY = "drafts";
const WRITE_AFTER_MS = 400;
const NONE: Draft = { text: "", replyTo: null };

export const drafts = createStore<Record<Id, Draft>>(() => load(KEY, {}));

let timer: ReturnType<typeof setTimeout> | undefined;

export function writeDrafts(): void {
  clearTimeout(timer);
  timer = undefined;
  save(KEY, drafts.getState());
}

export function draftOf(channel: Id): Draft {
  return drafts.getState()[channel] ?? NONE;
}

export function setDraft(channel: Id, draft: Draft): void {
  drafts.setState((all) => {
    if (draft.text !== "" || draft.replyTo !== null) return { ...all, [channel]: draft };
    const { [channel]: _, ...rest } = all;
    return rest;
  }, true);
  timer ??= setTimeout(writeDrafts, WRITE_AFTER_MS);
}

export function forgetDrafts(): void {
  drafts.setState({}, true);
  writeDrafts();
}
