/**
 * The one call of this device: joins, leaves, mutes, and climbs back when it breaks.
 *
 * The ladder (docs/protocol.md "Voice"): the gateway is connected -> ICE restart -> a new peer connection, each with the
 * mute it had. A call that once worked is tried until somebody leaves; a first attempt gives up and says so.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { GatewayEvent, Id, Participant, VoiceState } from "../gateway/protocol";
import { Backoff } from "../lib/backoff";
import { asRequestError, RequestError } from "../lib/errors";
import { type CallOptions, type CallState, IDLE } from "./callState";
import { OwnVoice } from "./ownVoice";
import { Peer, type PeerHooks, type SlotStats } from "./peer";
import type { Sound } from "./sounds";
import { Telling } from "./telling";

type Step = "restart" | "rebuild";

/** ICE calls a path disconnected early; often it comes back by itself. */
const DISCONNECTED_MS = 2_000;
const CONNECT_WITHIN_MS = 12_000;
const RESTART_WITHIN_MS = 6_000;
const FIRST_ATTEMPTS = 3;
const HEARING_EVERY_MS = 100;
const QUALITY_EVERY_MS = 2_000;
/** Trying again does not help with these. */
const FINAL: ReadonlySet<string> = new Set([
  "forbidden",
  "timed_out",
  "unknown_channel",
  "unknown_group",
  "wrong_channel_kind",
  "bad_sdp",
]);

export class Call {
  readonly #options: CallOptions;
  readonly #backoff = new Backoff();
  readonly #own: OwnVoice;
  readonly #telling: Telling;
  #peer: Peer | null = null;
  /** Rises with each join and leave, so that work for an earlier call ends quietly. */
  #call = 0;
  #negotiation = 0;
  #climbing = false;
  #step: Step = "rebuild";
  #everConnected = false;
  /** The number the server gave last: the seat to give back, also while a new one is asked for. */
  #seat: Participant = 0;
  #mutedBeforeDeafen = false;
  #wake: (() => void) | null = null;
  #disconnectedTimer: ReturnType<typeof setTimeout> | undefined;
  #hearingTimer: ReturnType<typeof setInterval> | undefined;
  #qualityTimer: ReturnType<typeof setInterval> | undefined;

  constructor(
    options: CallOptions,
    readonly store: StoreApi<CallState> = createStore<CallState>(() => IDLE),
  ) {
    this.#options = options;
    this.#own = new OwnVoice(options, this.store, async (track) => {
      await this.#peer?.send(track);
      this.#applied();
    });
    this.#telling = new Telling(options, this.store);
  }

  // ------------------------------------------------------------------------------------------------ what people do

  async join(channelId: Id): Promise<void> {
    const { phase, channelId: current, muted, deafened } = this.store.getState();
    if (current === channelId && phase !== "failed") return;
    if (current !== null) this.#hangUp(current !== channelId);
    this.#call += 1;
    this.#everConnected = false;
    this.#backoff.reset();
    this.store.setState({ ...IDLE, phase: "connecting", channelId, muted, deafened, mic: "asking" });
    this.#startTimers();
    void this.#own.open();
    await this.#climb("rebuild");
  }

  leave(): void {
    if (this.store.getState().channelId === null) return;
    this.#hangUp(true);
    this.#sound("leave");
  }

  setMuted(muted: boolean): void {
    const { deafened } = this.store.getState();
    // Somebody who unmutes wants to take part again.
    this.store.setState({ muted, deafened: muted && deafened });
    this.#sound(muted ? "mute" : "unmute");
    this.#applied();
  }

  setDeafened(deafened: boolean): void {
    const { muted } = this.store.getState();
    if (deafened) this.#mutedBeforeDeafen = muted;
    this.store.setState({ deafened, muted: deafened || this.#mutedBeforeDeafen });
    this.#sound(deafened ? "mute" : "unmute");
    this.#applied();
  }

  setHeld(held: boolean): void {
    if (this.store.getState().held === held) return;
    this.store.setState({ held });
    this.#own.apply();
  }

  /** Devices, push-to-talk mode or "mute for me" were changed. */
  settingsChanged(): void {
    this.#own.apply();
    this.#applyHearing();
    void this.#telling.ignored();
  }

  /** Open the microphone (again): another device, or permission was given meanwhile. */
  reopenMicrophone(): void {
    if (this.store.getState().channelId !== null) void this.#own.open();
  }

  unblock(): void {
    this.#peer?.playback.unblock();
    this.store.setState({ blocked: false });
  }

  // ------------------------------------------------------------------------------------------- what the gateway says

  /** A new snapshot or a resumed session: `people` is who is in this call's channel, null after a resume. */
  gatewayBack(people: readonly VoiceState[] | null): void {
    const { channelId, participant, phase } = this.store.getState();
    if (channelId === null) return;
    this.#wake?.();
    const gone =
      people !== null && participant !== 0 && !people.some((each) => each.participant === participant);
    if (gone && phase !== "failed") void this.#climb("rebuild");
    else this.#applied();
    void this.#telling.ignored();
  }

  event(event: GatewayEvent): void {
    const { channelId, participant } = this.store.getState();
    if (channelId === null) return;
    if (event.type === "voice.reset" && event.participant === participant) {
      this.#reset(event.reason, event.retry);
    } else if (event.type === "voice.slots" && event.channel_id === channelId) {
      this.#peer?.playback.tell(event.slots, participant);
      this.#applyHearing();
    } else if (event.type === "channel.delete" && event.channel_id === channelId) {
      this.#hangUp(false);
      this.#sound("lost");
    }
  }

  /** Somebody came into the call's channel or left it. */
  peopleChanged(change: "join" | "leave" | null): void {
    if (change !== null && this.store.getState().phase === "connected") this.#sound(change);
    void this.#telling.ignored();
  }

  // ------------------------------------------------------------------------------------------------------- diagnosis

  async stats(): Promise<SlotStats[]> {
    return (await this.#peer?.slotStats()) ?? [];
  }

  // ---------------------------------------------------------------------------------------------------------- ladder

  async #climb(step: Step): Promise<void> {
    if (this.#climbing) {
      if (step === "rebuild") this.#step = step;
      return;
    }
    this.#climbing = true;
    this.#step = step;
    const call = this.#call;
    let attempts = 0;
    try {
      while (this.#call === call) {
        this.store.setState({ phase: this.#everConnected ? "reconnecting" : "connecting" });
        await this.#gateway(call);
        if (this.#call !== call || (await this.#attempt(call))) return;
        attempts += 1;
        if (!this.#everConnected && attempts >= FIRST_ATTEMPTS) {
          this.#failed(new RequestError("voice_unreachable", "No voice connection to the server."));
        }
      }
    } finally {
      if (this.#call === call) this.#climbing = false;
    }
  }

  /** One rung; true when the call stands. A failure leaves the next rung in `#step`. */
  async #attempt(call: number): Promise<boolean> {
    const step = this.#step;
    this.#step = "rebuild";
    try {
      const withinMs = step === "restart" ? RESTART_WITHIN_MS : CONNECT_WITHIN_MS;
      if (step === "rebuild" || this.#peer === null) await this.#build(call);
      else await this.#negotiate(this.#peer, true, call);
      if (this.#call !== call) return true;
      if (await this.#standing(withinMs, step)) {
        this.#stood();
        return true;
      }
      if (step === "rebuild") await this.#pause(this.#backoff.nextMs());
    } catch (error) {
      if (this.#call !== call) return true;
      const failure = asRequestError(error);
      if (FINAL.has(failure.code)) {
        this.#failed(failure);
        return true;
      }
      if (!failure.isNetwork) await this.#pause(Math.max(this.#backoff.nextMs(), failure.retryAfterMs));
      else await this.#pause(250);
    }
    return false;
  }

  async #build(call: number): Promise<void> {
    const channelId = this.#channel();
    const prepared = await this.#options.request("voice.prepare", { channel_id: channelId });
    if (this.#call !== call) return;
    this.#peer?.close();
    const hooks: PeerHooks = {
      state: (state) => {
        if (this.#peer === peer) this.#peerState(state);
      },
      blocked: () => this.store.setState({ blocked: true }),
    };
    const create = this.#options.createPeer ?? ((...args) => new Peer(...args));
    const peer = create(prepared.ice_servers, prepared.slots, this.#own.track, hooks);
    this.#peer = peer;
    await this.#negotiate(peer, false, call);
  }

  async #negotiate(peer: Peer, restart: boolean, call: number): Promise<void> {
    const sdp = await peer.offer(restart);
    if (this.#peer !== peer || this.#call !== call) return;
    this.#negotiation += 1;
    const negotiation = this.#negotiation;
    const told = this.#telling.wanted();
    // From here on the old number is not this call's: what the server says of it late must not end the new one.
    if (!restart) this.store.setState({ participant: 0 });
    const answer = await this.#options.request("voice.offer", {
      channel_id: this.#channel(),
      negotiation,
      sdp,
      ...told,
    });
    if (this.#peer !== peer || this.#call !== call) {
      // Left while the answer was under way: the server must not keep an empty seat.
      if (this.store.getState().channelId === null) this.#bye(answer.participant);
      return;
    }
    if (answer.negotiation !== this.#negotiation) return;
    await peer.answer(answer.sdp);
    this.#seat = answer.participant;
    this.#telling.agreed(told, answer.participant);
    peer.playback.tell(answer.slots, answer.participant);
    this.store.setState({ participant: answer.participant });
  }

  #standing(withinMs: number, step: Step): Promise<boolean> {
    const peer = this.#peer;
    return new Promise((resolve) => {
      const endMs = performance.now() + withinMs;
      const look = (): void => {
        if (peer === null || this.#peer !== peer || this.#step !== "rebuild") resolve(false);
        else if (peer.state === "connected") resolve(true);
        else if (performance.now() > endMs || peer.state === "closed") resolve(false);
        // A restart begins as failed and has the whole time to mend.
        else if (peer.state === "failed" && step === "rebuild") resolve(false);
        else setTimeout(look, 50);
      };
      look();
    });
  }

  #stood(): void {
    const first = !this.#everConnected;
    this.#everConnected = true;
    this.#backoff.reset();
    clearTimeout(this.#disconnectedTimer);
    this.store.setState({ phase: "connected", error: null });
    if (first) this.#sound("join");
    this.#applied();
    this.#applyHearing();
    void this.#telling.ignored();
  }

  #peerState(state: RTCPeerConnectionState): void {
    clearTimeout(this.#disconnectedTimer);
    if (this.#climbing) return;
    if (state === "connected") this.store.setState({ phase: "connected" });
    else if (state === "failed") void this.#climb("restart");
    else if (state === "disconnected") {
      this.#disconnectedTimer = setTimeout(() => void this.#climb("restart"), DISCONNECTED_MS);
    }
  }

  #reset(reason: string, retry: boolean): void {
    if (retry) {
      void this.#climb("rebuild");
      return;
    }
    const elsewhere = reason === "joined_elsewhere";
    this.#hangUp(false);
    this.#sound("lost");
    if (!elsewhere) return;
    this.store.setState({ error: { code: reason, message: "" } });
  }

  #failed(failure: RequestError): void {
    this.#closePeer();
    this.#call += 1;
    this.#climbing = false;
    this.store.setState({
      phase: "failed",
      participant: 0,
      error: { code: failure.code, message: failure.message },
    });
    this.#sound("lost");
  }

  /** Waits until the gateway is connected. */
  async #gateway(call: number): Promise<void> {
    while (!this.#options.gatewayConnected() && this.#call === call) await this.#pause(1_000);
  }

  /** A wait that ends early when the gateway is back or the call is over. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        if (this.#wake === done) this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }

  // ------------------------------------------------------------------------------------------------------- carry out

  #channel(): Id {
    return this.store.getState().channelId ?? "";
  }

  #hangUp(tell: boolean): void {
    const { muted, deafened } = this.store.getState();
    const seat = this.#seat;
    this.#seat = 0;
    this.#call += 1;
    this.#climbing = false;
    this.#closePeer();
    this.#stopTimers();
    this.#own.close();
    this.#wake?.();
    if (tell && seat !== 0) this.#bye(seat);
    this.store.setState({ ...IDLE, muted, deafened });
  }

  #bye(participant: Participant): void {
    this.#options.request("voice.leave", { participant }).catch(() => undefined);
  }

  #closePeer(): void {
    this.#peer?.close();
    this.#peer = null;
    clearTimeout(this.#disconnectedTimer);
  }

  #applyHearing(): void {
    const { deafened } = this.store.getState();
    const { outputDevice } = this.#options.settings();
    this.#peer?.playback.apply({ deafened, outputDevice, volumeOf: this.#options.volumeOf });
  }

  /** The mute was changed: here at once, and at the server as soon as it can be told. */
  #applied(): void {
    this.#own.apply();
    this.#applyHearing();
    this.#telling.mute();
  }

  #sound(sound: Sound): void {
    if (this.#options.settings().sounds) this.#options.playSound(sound);
  }

  #startTimers(): void {
    this.#stopTimers();
    this.#hearingTimer = setInterval(() => this.#applyHearing(), HEARING_EVERY_MS);
    this.#qualityTimer = setInterval(() => void this.#measure(), QUALITY_EVERY_MS);
  }

  #stopTimers(): void {
    clearInterval(this.#hearingTimer);
    clearInterval(this.#qualityTimer);
  }

  async #measure(): Promise<void> {
    const peer = this.#peer;
    if (peer === null || peer.state !== "connected") return;
    const quality = await peer.quality();
    if (this.#peer === peer) this.store.setState({ quality });
  }
}
