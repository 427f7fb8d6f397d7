/** Choices of the person at this device. */

import { createStore } from "zustand/vanilla";
import type { Id } from "../gateway/protocol";
import type { SkinTone } from "../lib/emoji";
import { load, save } from "../lib/storage";

export type Theme = "system" | "light" | "dark";
export type Contrast = "system" | "more";
export type MicMode = "voice" | "push";

export interface Settings {
  theme: Theme;
  contrast: Contrast;
  language: "system" | "en" | "de";
  sounds: boolean;
  micMode: MicMode;
  /** KeyboardEvent.code of the push-to-talk key. */
  pushKey: string;
  inputDevice: string;
  outputDevice: string;
  noiseSuppression: boolean;
  echoCancellation: boolean;
  autoGain: boolean;
  /** Volume for each person, 0 to 1. */
  volumes: Record<Id, number>;
  /** People whose voice this person does not want to hear. */
  ignored: Id[];
  membersShown: boolean;
  /** What links lead to is shown below messages. */
  previews: boolean;
  /** Messages are told on the desktop while the window cannot be seen. */
  notifications: boolean;
  skinTone: SkinTone;
  /** Emoji that were picked, the latest first: characters, or ids of groups' own. */
  recentEmoji: string[];
  /** Categories whose channels are folded away. */
  collapsed: Id[];
}

export const defaultSettings: Settings = {
  theme: "system",
  contrast: "system",
  language: "system",
  sounds: true,
  micMode: "voice",
  pushKey: "ControlRight",
  inputDevice: "default",
  outputDevice: "default",
  noiseSuppression: true,
  echoCancellation: true,
  autoGain: true,
  volumes: {},
  ignored: [],
  membersShown: true,
  previews: true,
  notifications: false,
  skinTone: 0,
  recentEmoji: [],
  collapsed: [],
};

const KEY = "settings";

export const settings = createStore<Settings>(() => ({
  ...defaultSettings,
  ...load<Partial<Settings>>(KEY, {}),
}));

settings.subscribe((state) => save(KEY, state));

export function setVolume(user: Id, volume: number): void {
  settings.setState((state) => ({ volumes: { ...state.volumes, [user]: Math.min(1, Math.max(0, volume)) } }));
}

export function setIgnored(user: Id, ignored: boolean): void {
  settings.setState((state) => ({
    ignored: ignored ? [...new Set([...state.ignored, user])] : state.ignored.filter((each) => each !== user),
  }));
}

const RECENT_EMOJI = 32;

export function rememberEmoji(emoji: string): void {
  settings.setState(({ recentEmoji }) => ({
    recentEmoji: [emoji, ...recentEmoji.filter((each) => each !== emoji)].slice(0, RECENT_EMOJI),
  }));
}
