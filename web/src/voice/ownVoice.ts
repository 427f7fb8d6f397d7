/** One's own voice: the microphone's track, opened for a call, and whether it sounds. */

import type { StoreApi } from "zustand/vanilla";
import type { CallOptions, CallState } from "./callState";

export class OwnVoice {
  #track: MediaStreamTrack | null = null;
  /** Rises with each opening and with the end, so that a microphone that comes too late is closed again. */
  #opening = 0;

  constructor(
    private readonly options: Pick<CallOptions, "openMicrophone" | "settings">,
    private readonly store: StoreApi<CallState>,
    /** Another track, or none any more. */
    private readonly changed: (track: MediaStreamTrack | null) => Promise<void>,
  ) {}

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  async open(): Promise<void> {
    this.#opening += 1;
    const opening = this.#opening;
    if (this.#track === null) this.store.setState({ mic: "asking" });
    const microphone = await this.options.openMicrophone(this.options.settings());
    const track = microphone.state === "on" ? (microphone.stream.getAudioTracks()[0] ?? null) : null;
    if (this.#opening !== opening) {
      track?.stop();
      return;
    }
    this.#track?.stop();
    this.#track = track;
    if (track) {
      // Unplugged, or permission was taken: look what is there now.
      track.onended = () => {
        if (this.#track === track) void this.open();
      };
    }
    this.store.setState({ mic: track ? "on" : microphone.state === "on" ? "missing" : microphone.state });
    this.apply();
    await this.changed(track);
  }

  /** Lets the track sound or not, by mute and push-to-talk. */
  apply(): void {
    if (!this.#track) return;
    const { muted, held } = this.store.getState();
    this.#track.enabled = !muted && (this.options.settings().micMode === "voice" || held);
  }

  close(): void {
    this.#opening += 1;
    this.#track?.stop();
    this.#track = null;
  }
}
