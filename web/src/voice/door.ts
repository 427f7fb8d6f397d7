/** The way to the call of this device. Its code comes with the first call, or while nothing else is to do. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { GatewayEvent, Id, VoiceState } from "../gateway/protocol";
import type { Call } from "./call";
import { type CallOptions, type CallState, IDLE } from "./callState";
import type { SlotStats } from "./peer";

/** What the call brings by itself. */
export type DoorOptions = Omit<CallOptions, "openMicrophone" | "playSound">;
export type LoadCall = (options: DoorOptions, store: StoreApi<CallState>) => Promise<Call>;

const loadCall: LoadCall = async (options, store) => {
  const [{ Call }, { openMicrophone }, { play }] = await Promise.all([
    import("./call"),
    import("./microphone"),
    import("./sounds"),
  ]);
  return new Call({ ...options, openMicrophone, playSound: play }, store);
};

export class CallDoor {
  readonly store: StoreApi<CallState> = createStore<CallState>(() => IDLE);
  #call: Call | null = null;
  #opening: Promise<Call> | null = null;

  constructor(
    private readonly options: DoorOptions,
    private readonly load: LoadCall = loadCall,
  ) {}

  /** Have the code here before it is needed. */
  async prepare(): Promise<void> {
    await this.#open().catch(() => undefined);
  }

  async join(channelId: Id): Promise<void> {
    await (await this.#open()).join(channelId);
  }
  setMuted(muted: boolean): void {
    void this.#open().then((call) => call.setMuted(muted));
  }
  setDeafened(deafened: boolean): void {
    void this.#open().then((call) => call.setDeafened(deafened));
  }

  // Without a call there is nothing to do for these.
  leave(): void {
    this.#call?.leave();
  }
  setHeld(held: boolean): void {
    this.#call?.setHeld(held);
  }
  settingsChanged(): void {
    this.#call?.settingsChanged();
  }
  reopenMicrophone(): void {
    this.#call?.reopenMicrophone();
  }
  unblock(): void {
    this.#call?.unblock();
  }
  gatewayBack(people: readonly VoiceState[] | null): void {
    this.#call?.gatewayBack(people);
  }
  event(event: GatewayEvent): void {
    this.#call?.event(event);
  }
  peopleChanged(change: "join" | "leave" | null): void {
    this.#call?.peopleChanged(change);
  }
  async stats(): Promise<SlotStats[]> {
    return (await this.#call?.stats()) ?? [];
  }

  #open(): Promise<Call> {
    this.#opening ??= this.load(this.options, this.store)
      .then((call) => {
        this.#call = call;
        return call;
      })
      .catch((error: unknown) => {
        this.#opening = null;
        throw error;
      });
    return this.#opening;
  }
}
