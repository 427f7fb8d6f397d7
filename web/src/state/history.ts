/** The messages of one channel that are on this device: one unbroken stretch, which may end before the newest. Pure. */

import type { Id, Message, MessagePage, Reaction } from "../gateway/protocol";
import { compareIds } from "../lib/ids";

export type LoadKind = "page" | "before" | "after";

/** What happened to the channel's messages while a page was under way; it is applied again over the page. */
export type HistoryChange =
  | { type: "message.create"; message: Message }
  | { type: "message.update"; message: Message }
  | { type: "message.delete"; message_id: Id }
  | {
      type: "reaction.update";
      message_id: Id;
      emoji: string;
      count: number;
      user_id: Id;
      reacted: boolean;
    };

export interface History {
  messages: readonly Message[];
  hasBefore: boolean;
  hasAfter: boolean;
  loading: LoadKind | null;
  failed: LoadKind | null;
  /** False until the first page is here, and again when a new snapshot has made the stretch stale. */
  fresh: boolean;
  meanwhile: readonly HistoryChange[];
  /** How often the whole stretch was replaced: positions on the screen hold for one of them. */
  stretch: number;
}

export const emptyHistory: History = {
  messages: [],
  hasBefore: true,
  hasAfter: true,
  loading: null,
  failed: null,
  fresh: false,
  meanwhile: [],
  stretch: 0,
};

/** The longest stretch kept while new messages come in; older ones can be fetched again. */
const KEEP_MESSAGES = 2000;

export function beginLoad(history: History, kind: LoadKind): History {
  return { ...history, loading: kind, failed: null, meanwhile: [] };
}

export function failLoad(history: History): History {
  return { ...history, loading: null, failed: history.loading, meanwhile: [] };
}

/** Take in the page that was asked for. */
export function endLoad(history: History, page: MessagePage): History {
  const kind = history.loading;
  if (kind === null) return history;
  const next: History = { ...history, loading: null, failed: null, meanwhile: [] };
  if (kind === "page") {
    next.messages = page.messages;
    next.hasBefore = page.has_before;
    next.hasAfter = page.has_after;
    next.fresh = true;
    next.stretch += 1;
  } else if (kind === "before") {
    next.messages = merge(page.messages, history.messages);
    next.hasBefore = page.has_before;
  } else {
    next.messages = merge(history.messages, page.messages);
    next.hasAfter = page.has_after;
  }
  return history.meanwhile.reduce(changeMessages, next);
}

/** Apply an event; it is kept for later, too, while a page is under way. */
export function changeHistory(history: History, change: HistoryChange): History {
  const next = changeMessages(history, change);
  return history.loading === null ? next : { ...next, meanwhile: [...history.meanwhile, change] };
}

/** A new snapshot has come: what is on the screen may stay there until it has been read again. */
export function makeStale(history: History): History {
  return { ...history, fresh: false, loading: null, failed: null, meanwhile: [] };
}

function changeMessages(history: History, change: HistoryChange): History {
  const { messages } = history;
  switch (change.type) {
    case "message.create": {
      if (history.hasAfter || messages.some((each) => each.id === change.message.id)) return history;
      const joined = merge(messages, [change.message]);
      if (joined.length <= KEEP_MESSAGES) return { ...history, messages: joined };
      return { ...history, messages: joined.slice(joined.length - KEEP_MESSAGES), hasBefore: true };
    }
    case "message.update": {
      const { message } = change;
      if (!messages.some((each) => each.id === message.id)) return history;
      return { ...history, messages: messages.map((each) => (each.id === message.id ? message : each)) };
    }
    case "message.delete": {
      const kept = messages.filter((each) => each.id !== change.message_id);
      return kept.length === messages.length ? history : { ...history, messages: kept };
    }
    case "reaction.update": {
      if (!messages.some((each) => each.id === change.message_id)) return history;
      return {
        ...history,
        messages: messages.map((each) =>
          each.id === change.message_id
            ? { ...each, reactions: withReaction(each.reactions, change.emoji, change.count) }
            : each,
        ),
      };
    }
  }
}

/** How many reacted so now; one that is there keeps its place, none is gone. */
function withReaction(reactions: readonly Reaction[], emoji: string, count: number): Reaction[] {
  if (count === 0) return reactions.filter((each) => each.emoji !== emoji);
  if (!reactions.some((each) => each.emoji === emoji)) return [...reactions, { emoji, count }];
  return reactions.map((each) => (each.emoji === emoji ? { emoji, count } : each));
}

function merge(older: readonly Message[], newer: readonly Message[]): Message[] {
  const byId = new Map<Id, Message>();
  for (const message of older) byId.set(message.id, message);
  for (const message of newer) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => compareIds(a.id, b.id));
}
