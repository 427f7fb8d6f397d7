/** What is open on the screen. */

import { createStore } from "zustand/vanilla";
import type { FactorKind } from "../gateway/factors";
import type { ChannelKind, FileSection, Id, LevelScope } from "../gateway/protocol";
import type { Deed } from "./ranks";

export type DialogSpec =
  | { kind: "newGroup" }
  | { kind: "deleteGroup"; groupId: Id }
  | { kind: "leaveGroup"; groupId: Id }
  | { kind: "newChannel"; groupId: Id; channelKind: ChannelKind; categoryId?: Id }
  | { kind: "deleteChannel"; channelId: Id }
  | { kind: "invite"; groupId: Id; channelId?: Id | undefined }
  | { kind: "member"; deed: Deed; groupId: Id; userId: Id }
  | { kind: "deleteMessage"; channelId: Id; messageId: Id }
  | { kind: "newConversation"; conversationId?: Id }
  | { kind: "renameConversation"; conversationId: Id }
  | { kind: "leaveConversation"; conversationId: Id }
  | { kind: "removeFromConversation"; conversationId: Id; userId: Id }
  | { kind: "block"; userId: Id }
  | { kind: "endFriendship"; userId: Id }
  | { kind: "level"; scope: LevelScope; targetId: Id }
  | { kind: "picture"; file: FileSection; channelId: Id | null }
  | { kind: "reactors"; channelId: Id; messageId: Id; emoji: string }
  | { kind: "forward"; channelId: Id; messageId: Id }
  | { kind: "edits"; channelId: Id; messageId: Id }
  | { kind: "report"; channelId: Id; messageId: Id }
  | { kind: "deleteMessages"; channelId: Id }
  | { kind: "shareContact"; channelId: Id }
  | { kind: "shareInvite"; channelId: Id }
  | { kind: "switcher" };

export interface Toast {
  id: number;
  text: string;
}

/** What may stand beside a conversation in place of its members. */
export type PanelKind = "search" | "pins";
/** This place, its group, or everything one may read. */
export type SearchScope = "here" | "group" | "all";

export interface Ui {
  dialog: DialogSpec | null;
  /** The members panel on a narrow screen. */
  membersOpen: boolean;
  panel: PanelKind | null;
  search: { typed: string; scope: SearchScope };
  /** Messages that were ticked to be deleted together; null while nothing is selected. */
  selection: { channelId: Id; ids: readonly Id[] } | null;
  toasts: readonly Toast[];
  /** A message to show and mark, asked for by a jump: `stamp` tells two jumps to one message apart. */
  jump: { channelId: Id; messageId: Id; stamp: number } | null;
  /** Where the settings were opened. */
  settingsFrom: string | null;
  /** Somebody is asked to show who they are; call it with whether they did. */
  proof: ((shown: boolean) => void) | null;
  /** The second factors that they have. */
  proofKinds: readonly FactorKind[];
}

const TOAST_MS = 5_000;

export const ui = createStore<Ui>(() => ({
  dialog: null,
  membersOpen: false,
  panel: null,
  search: { typed: "", scope: "group" },
  selection: null,
  toasts: [],
  jump: null,
  settingsFrom: null,
  proof: null,
  proofKinds: [],
}));

let counter = 0;

export function openDialog(dialog: DialogSpec): void {
  ui.setState({ dialog });
}

export function closeDialog(): void {
  ui.setState({ dialog: null });
}

export function toast(text: string): void {
  counter += 1;
  const id = counter;
  ui.setState((state) => ({ toasts: [...state.toasts.slice(-2), { id, text }] }));
  setTimeout(
    () => ui.setState((state) => ({ toasts: state.toasts.filter((each) => each.id !== id) })),
    TOAST_MS,
  );
}

export function jumpTo(channelId: Id, messageId: Id): void {
  counter += 1;
  ui.setState({ jump: { channelId, messageId, stamp: counter } });
}

/** Ticks a message, or takes the tick away. */
export function tick(channelId: Id, messageId: Id): void {
  ui.setState(({ selection }) => {
    const ids = selection?.channelId === channelId ? selection.ids : [];
    const kept = ids.filter((each) => each !== messageId);
    return { selection: { channelId, ids: kept.length === ids.length ? [...ids, messageId] : kept } };
  });
}

export function endSelection(): void {
  ui.setState({ selection: null });
}
