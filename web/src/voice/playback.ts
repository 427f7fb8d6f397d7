/** One audio element for each receiving slot. Volume goes with the speaker, and speakers move between slots. */

import type { Participant } from "../gateway/protocol";

/** A contributing source counts for this long after its last packet. */
const SOURCE_FRESH_MS = 1_000;

export interface Hearing {
  deafened: boolean;
  outputDevice: string;
  /** 0 to 1. */
  volumeOf: (participant: Participant) => number;
}

/** Who is heard in a slot: the newest contributing source, or who the server said where nothing came yet. */
export function speakerOf(
  sources: readonly Pick<RTCRtpContributingSource, "source" | "timestamp">[],
  told: Participant,
  nowMs: number,
): Participant {
  let newest: Pick<RTCRtpContributingSource, "source" | "timestamp"> | undefined;
  for (const each of sources) if (!newest || each.timestamp > newest.timestamp) newest = each;
  return newest && nowMs - newest.timestamp < SOURCE_FRESH_MS ? newest.source : told;
}

export class Playback {
  readonly #slots: { receiver: RTCRtpReceiver; audio: HTMLAudioElement }[] = [];
  #told: readonly Participant[] = [];
  #sink = "default";
  /** True when the browser wants a click before it plays anything. */
  blocked = false;

  constructor(private readonly onBlocked: () => void) {}

  add(receiver: RTCRtpReceiver): void {
    const audio = new Audio();
    audio.autoplay = true;
    audio.srcObject = new MediaStream([receiver.track]);
    this.#slots.push({ receiver, audio });
    this.#start(audio);
  }

  /** Who the server says is in each slot; one's own voice is not sent back. */
  tell(slots: readonly Participant[], own: Participant): void {
    this.#told = slots.map((each) => (each === own ? 0 : each));
  }

  speakers(): Participant[] {
    // Chromium and Firefox give these times on the clock of performance, from its origin or from 1970.
    const now = performance.now();
    return this.#slots.map(({ receiver }, slot) => {
      const sources = receiver.getContributingSources();
      const shifted = sources.map(({ source, timestamp }) => ({
        source,
        timestamp: timestamp > performance.timeOrigin ? timestamp - performance.timeOrigin : timestamp,
      }));
      return speakerOf(shifted, this.#told[slot] ?? 0, now);
    });
  }

  apply(hearing: Hearing): void {
    const speakers = this.speakers();
    this.#slots.forEach(({ audio }, slot) => {
      const speaker = speakers[slot] ?? 0;
      const volume = speaker === 0 ? 1 : hearing.volumeOf(speaker);
      const muted = hearing.deafened || volume === 0;
      if (audio.muted !== muted) audio.muted = muted;
      if (audio.volume !== volume) audio.volume = volume;
    });
    if (hearing.outputDevice !== this.#sink) this.#toDevice(hearing.outputDevice);
  }

  /** How loud each slot is played, 0 to 1. */
  volumes(): number[] {
    return this.#slots.map(({ audio }) => (audio.muted ? 0 : audio.volume));
  }

  /** After a click: play what the browser held back. */
  unblock(): void {
    this.blocked = false;
    for (const { audio } of this.#slots) this.#start(audio);
  }

  receivers(): RTCRtpReceiver[] {
    return this.#slots.map(({ receiver }) => receiver);
  }

  close(): void {
    for (const { audio } of this.#slots) {
      audio.pause();
      audio.srcObject = null;
    }
    this.#slots.length = 0;
  }

  #start(audio: HTMLAudioElement): void {
    audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError" && !this.blocked) {
        this.blocked = true;
        this.onBlocked();
      }
    });
  }

  #toDevice(device: string): void {
    this.#sink = device;
    for (const { audio } of this.#slots) {
      // A device that was unplugged leaves the sound where it was.
      audio.setSinkId?.(device === "default" ? "" : device)?.catch(() => undefined);
    }
  }
}
