/** Tells the server of mute, deafen and "mute for me": only what it does not know yet, and only when it can hear. */

import type { StoreApi } from "zustand/vanilla";
import type { Participant } from "../gateway/protocol";
import { asRequestError } from "../lib/errors";
import type { CallOptions, CallState } from "./callState";

interface Mute {
  muted: boolean;
  deafened: boolean;
}

export class Telling {
  #told: Mute = { muted: false, deafened: false };
  /** `participant:ignored,...` as the server has it; empty for a new connection. */
  #ignored = "";

  constructor(
    private readonly options: Pick<CallOptions, "request" | "gatewayConnected" | "ignoredIn">,
    private readonly store: StoreApi<CallState>,
  ) {}

  /** Someone without a microphone shows as muted to others. */
  wanted(): Mute {
    const { muted, deafened, mic } = this.store.getState();
    return { muted: muted || !(mic === "on" || mic === "asking"), deafened };
  }

  /** An offer was answered that said `told`; a new connection begins with nobody ignored. */
  agreed(told: Mute, participant: Participant): void {
    this.#told = told;
    if (!this.#ignored.startsWith(`${participant}:`)) this.#ignored = "";
  }

  mute(): void {
    const { participant } = this.store.getState();
    const wanted = this.wanted();
    if (participant === 0 || !this.options.gatewayConnected()) return;
    if (wanted.muted === this.#told.muted && wanted.deafened === this.#told.deafened) return;
    const before = this.#told;
    this.#told = wanted;
    this.options.request("voice.update", { participant, ...wanted }).catch((error: unknown) => {
      this.#told = before;
      if (asRequestError(error).code === "timeout") this.mute();
    });
  }

  async ignored(): Promise<void> {
    const { participant, channelId } = this.store.getState();
    if (participant === 0 || channelId === null || !this.options.gatewayConnected()) return;
    const ignored = this.options.ignoredIn(channelId).sort((a, b) => a - b);
    const key = `${participant}:${ignored.join()}`;
    const told = this.#ignored === "" ? `${participant}:` : this.#ignored;
    if (told === key) return;
    this.#ignored = key;
    try {
      await this.options.request("voice.ignore", { participant, ignored });
    } catch {
      // Silent here in any case (volumeOf is 0); told again with the next change.
      this.#ignored = told;
    }
  }
}
