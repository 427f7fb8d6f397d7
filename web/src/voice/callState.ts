/** What is known of a call, and what it needs from around it. */

import type { Id, Participant, SendRequest } from "../gateway/protocol";
import type { MicChoice, Microphone, MicState } from "./microphone";
import type { Peer, PeerHooks, Quality } from "./peer";
import type { Sound } from "./sounds";

export type CallPhase = "idle" | "connecting" | "connected" | "reconnecting" | "failed";

export interface CallState {
  phase: CallPhase;
  channelId: Id | null;
  participant: Participant;
  muted: boolean;
  deafened: boolean;
  mic: MicState;
  /** The push-to-talk key is down. */
  held: boolean;
  /** The browser wants a click before it plays. */
  blocked: boolean;
  error: { code: string; message: string } | null;
  quality: Quality | null;
}

export interface CallSettings extends MicChoice {
  micMode: "voice" | "push";
  outputDevice: string;
  sounds: boolean;
}

export interface CallOptions {
  request: SendRequest;
  gatewayConnected: () => boolean;
  settings: () => CallSettings;
  /** 0 to 1, by what this person chose for that speaker. */
  volumeOf: (participant: Participant) => number;
  /** Participants of a channel whose voice this person does not want. */
  ignoredIn: (channel: Id) => Participant[];
  openMicrophone: (choice: MicChoice) => Promise<Microphone>;
  playSound: (sound: Sound) => void;
  createPeer?: (
    iceServers: RTCIceServer[],
    slots: number,
    track: MediaStreamTrack | null,
    hooks: PeerHooks,
  ) => Peer;
}

export const IDLE: CallState = {
  phase: "idle",
  channelId: null,
  participant: 0,
  muted: false,
  deafened: false,
  mic: "off",
  held: false,
  blocked: false,
  error: null,
  quality: null,
};
