/** The client as one whole, without a screen: joins account, gateway, what is known, messages and the call. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { Api } from "../gateway/api";
import { Auth, type SignUpMore } from "../gateway/auth";
import { type ConnectionState, GatewayClient } from "../gateway/client";
import { FactorsApi, type FactorTicket, type ShownFactor } from "../gateway/factors";
import type {
  Channel,
  GatewayEvent,
  GroupView,
  Id,
  Me,
  Message,
  Participant,
  Ready,
  SendRequest,
  ServerInfo,
} from "../gateway/protocol";
import { Backoff } from "../lib/backoff";
import { asRequestError } from "../lib/errors";
import { answerByPasskey } from "../lib/passkeys";
import { CallDoor } from "../voice/door";
import type { SlotStats } from "../voice/peer";
import { listenPushToTalk } from "../voice/pushToTalk";
import { Conversations } from "./conversations";
import { forgetDrafts, writeDrafts } from "./drafts";
import { Files } from "./files";
import { Outbox } from "./outbox";
import { People } from "./people";
import { Presences, watchActivity } from "./presence";
import { Reading } from "./reading";
import { settings } from "./settings";
import { Uploads } from "./uploads";
import { applyEvent, applyReady, emptyWorld, type World } from "./world";

export interface Account {
  /** `starting` until the cookie was tried. */
  state: "starting" | "out" | "in";
  me: Me | null;
  server: ServerInfo | null;
}

export interface Connection {
  state: ConnectionState;
  /** When it was lost, Unix milliseconds; null while it stands. */
  sinceMs: number | null;
}

export interface Snapshot {
  connection: ConnectionState;
  received: number;
  voice: {
    phase: string;
    channelId: Id | null;
    participant: Participant;
    /** User name -> participant, of the channel one is in. */
    participants: Record<string, Participant>;
  };
}

const TYPING_SWEEP_MS = 1_000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "wheel"] as const;

function gatewaySocket(): WebSocket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/gateway`);
}

export class Parley {
  readonly account: StoreApi<Account> = createStore<Account>(() => ({
    state: "starting",
    me: null,
    server: null,
  }));
  readonly connection: StoreApi<Connection> = createStore<Connection>(() => ({
    state: "closed",
    sinceMs: null,
  }));
  readonly world: StoreApi<World> = createStore<World>(() => emptyWorld);
  readonly auth = new Auth();
  readonly api = new Api(this.auth);
  readonly factors = new FactorsApi(this.api.rest);
  readonly gateway: GatewayClient;
  readonly conversations: Conversations;
  readonly reading: Reading;
  readonly people: People;
  readonly outbox: Outbox;
  readonly presences: Presences;
  readonly files: Files;
  readonly uploads: Uploads;
  readonly call: CallDoor;
  readonly #listeners = new Set<(message: Message) => void>();
  #idle = false;

  constructor() {
    this.gateway = new GatewayClient({
      openSocket: gatewaySocket,
      token: (fresh) => this.auth.token(fresh),
      hooks: {
        ready: (ready) => this.#ready(ready),
        event: (event) => this.#event(event),
        resumed: () => this.#resumed(),
        state: (state) => this.#connectionState(state),
        loggedOut: () => this.#loggedOut(),
      },
    });
    const request: SendRequest = (name, fields) => this.gateway.request(name, fields);
    this.conversations = new Conversations(this.world, this.api, request);
    this.reading = new Reading(this.world, this.api, request);
    this.people = new People(this.world, this.api);
    this.outbox = new Outbox(this.world, request);
    this.presences = new Presences(this.world, request);
    this.files = new Files(this.api);
    this.uploads = new Uploads((fresh) => this.auth.token(fresh));
    this.call = new CallDoor({
      request,
      gatewayConnected: () => this.gateway.state === "connected",
      settings: () => settings.getState(),
      volumeOf: (participant) => this.#volumeOf(participant),
      ignoredIn: (channel) => this.#ignoredIn(channel),
    });
    settings.subscribe((now, before) => {
      const { inputDevice, noiseSuppression, echoCancellation, autoGain } = before;
      const reopen =
        now.inputDevice !== inputDevice ||
        now.noiseSuppression !== noiseSuppression ||
        now.echoCancellation !== echoCancellation ||
        now.autoGain !== autoGain;
      if (reopen) this.call.reopenMicrophone();
      this.call.settingsChanged();
    });
  }

  /** Begin: what the window tells, then who is logged in. */
  async start(): Promise<void> {
    window.addEventListener("online", () => this.gateway.nudge());
    window.addEventListener("offline", () => this.gateway.networkLost());
    window.addEventListener("pagehide", () => {
      writeDrafts();
      this.call.leave();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.gateway.nudge();
      else writeDrafts();
    });
    document.addEventListener("pointerdown", () => {
      if (this.call.store.getState().blocked) this.call.unblock();
    });
    listenPushToTalk({
      enabled: () => settings.getState().micMode === "push" && this.call.store.getState().channelId !== null,
      key: () => settings.getState().pushKey,
      held: (held) => this.call.setHeld(held),
    });
    watchActivity(
      (alive) => {
        for (const sign of SIGNS_OF_LIFE)
          window.addEventListener(sign, alive, { passive: true, capture: true });
      },
      (idle) => this.#tellIdle(idle),
    );
    setInterval(() => this.#sweepTyping(), TYPING_SWEEP_MS);
    await Promise.all([this.#learnServer(), this.#comeBack()]);
  }

  async #learnServer(): Promise<void> {
    const backoff = new Backoff();
    while (this.account.getState().server === null) {
      try {
        this.account.setState({ server: await this.api.server() });
      } catch {
        await new Promise((resolve) => setTimeout(resolve, backoff.nextMs()));
      }
    }
  }

  /** Try the cookie; a server that is away is not a reason to log out. */
  async #comeBack(): Promise<void> {
    const backoff = new Backoff();
    while (this.account.getState().state === "starting") {
      try {
        const { me } = await this.auth.refresh();
        this.#loggedIn(me);
      } catch (error) {
        const { status, retryAfterMs } = asRequestError(error);
        if (status === 401) this.account.setState({ state: "out" });
        else await new Promise((resolve) => setTimeout(resolve, Math.max(backoff.nextMs(), retryAfterMs)));
      }
    }
  }

  // ---------------------------------------------------------------------------------------------------------- account

  async signUp(username: string, password: string, more: SignUpMore = {}): Promise<void> {
    this.#loggedIn(await this.auth.signUp(username, password, more));
  }

  /** A ticket where a second factor is wanted; null: one is in. */
  async logIn(username: string, password: string): Promise<FactorTicket | null> {
    const answer = await this.auth.logIn(username, password);
    if ("ticket" in answer) return answer;
    this.#loggedIn(answer);
    return null;
  }

  async logInByFactor(ticket: string, shown: ShownFactor): Promise<void> {
    this.#loggedIn(await this.auth.logInByFactor(ticket, shown));
  }

  async logInByPasskey(): Promise<void> {
    const answer = await answerByPasskey(await this.auth.passkeyQuestion());
    this.#loggedIn(await this.auth.logInByPasskey(answer));
  }

  async logOut(): Promise<void> {
    this.call.leave();
    this.gateway.stop();
    // The cookie goes even when the server cannot be told just now: it is tried, and the screen does not wait.
    const told = this.auth.logOut().catch(() => undefined);
    this.#loggedOut();
    forgetDrafts();
    await told;
  }

  #loggedIn(me: Me): void {
    this.account.setState({ state: "in", me });
    this.gateway.start();
  }

  #loggedOut(): void {
    this.call.leave();
    this.outbox.stop();
    this.files.forget();
    this.uploads.forget();
    this.auth.forget();
    this.world.setState(emptyWorld, true);
    this.account.setState({ state: "out", me: null });
  }

  /** A group was made or joined over REST: show it before the gateway tells the same. */
  entered(view: GroupView): void {
    this.world.setState((world) =>
      view.group.id in world.groups ? world : applyEvent(world, { type: "group.join", view }, Date.now()),
    );
  }

  /** A channel was made over REST: show it before the gateway tells the same. */
  shown(channel: Channel): void {
    this.world.setState((world) =>
      channel.id in world.channels
        ? world
        : applyEvent(world, { type: "channel.update", channel, cursor: null, voice: [] }, Date.now()),
    );
  }

  /** Something of one's own account was changed over REST. */
  changedMe(me: Me): void {
    this.account.setState({ me });
    this.world.setState((world) => applyEvent(world, { type: "me.update", me }, Date.now()));
  }

  /** A request to join was accepted or refused here. */
  answered(additionId: Id): void {
    this.world.setState((world) =>
      applyEvent(world, { type: "addition.delete", addition_id: additionId }, Date.now()),
    );
  }

  // ---------------------------------------------------------------------------------------------------------- gateway

  #ready(ready: Ready): void {
    this.world.setState((world) => applyReady(world, ready), true);
    this.account.setState({ me: ready.me });
    // After this turn the gateway counts as connected, and requests can go out.
    queueMicrotask(() => this.#back(true));
  }

  #resumed(): void {
    this.#back(false);
  }

  #back(snapshot: boolean): void {
    const channel = this.call.store.getState().channelId;
    const people = channel === null ? null : (this.world.getState().voice[channel] ?? []);
    this.outbox.resume();
    this.presences.connected();
    if (this.#idle) this.#tellIdle(true);
    this.call.gatewayBack(snapshot ? people : null);
  }

  #event(event: GatewayEvent): void {
    const before = this.world.getState();
    this.world.setState(applyEvent(before, event, Date.now()), true);
    this.call.event(event);
    if (event.type === "message.create") for (const tell of this.#listeners) tell(event.message);
    this.#soundPeople(event, before);
    const meNow = this.world.getState().me;
    if (meNow !== before.me) this.account.setState({ me: meNow });
    if (event.type === "group.leave") this.#leaveCallOf(before);
  }

  /** Calls back with each message that comes in; the result ends it. */
  onMessage(tell: (message: Message) => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  /** A group that is gone takes its call with it. */
  #leaveCallOf(before: World): void {
    const channel = this.call.store.getState().channelId;
    if (channel !== null && channel in before.channels && !(channel in this.world.getState().channels))
      this.call.leave();
  }

  #soundPeople(event: GatewayEvent, before: World): void {
    if (event.type !== "voice.update" && event.type !== "voice.leave") return;
    const state = event.type === "voice.update" ? event.state : event;
    if (state.channel_id !== this.call.store.getState().channelId) return;
    const was = (before.voice[state.channel_id] ?? []).some((each) => each.user_id === state.user_id);
    const is = (this.world.getState().voice[state.channel_id] ?? []).some(
      (each) => each.user_id === state.user_id,
    );
    const own = state.user_id === before.me?.id;
    this.call.peopleChanged(own || was === is ? null : is ? "join" : "leave");
  }

  #connectionState(state: ConnectionState): void {
    // Nobody tells now who stops speaking.
    if (state === "reconnecting") this.world.setState({ speaking: {} });
    if (state !== "connected") this.presences.lost();
    this.connection.setState((before) => ({
      state,
      sinceMs: state === "connected" || state === "closed" ? null : (before.sinceMs ?? Date.now()),
    }));
  }

  #tellIdle(idle: boolean): void {
    this.#idle = idle;
    this.gateway.request("presence.activity", { idle }).catch(() => undefined);
  }

  #sweepTyping(): void {
    const { typing } = this.world.getState();
    const now = Date.now();
    const stale = Object.values(typing).some((people) => Object.values(people).some((until) => until <= now));
    if (!stale) return;
    const kept = Object.entries(typing).map(([channel, people]) => [
      channel,
      Object.fromEntries(Object.entries(people).filter(([, until]) => until > now)),
    ]);
    this.world.setState({ typing: Object.fromEntries(kept) });
  }

  // ------------------------------------------------------------------------------------------------------------ voice

  #userOf(participant: Participant): Id | null {
    const channel = this.call.store.getState().channelId;
    const people = channel === null ? [] : (this.world.getState().voice[channel] ?? []);
    return people.find((each) => each.participant === participant)?.user_id ?? null;
  }

  #volumeOf(participant: Participant): number {
    const user = this.#userOf(participant);
    if (user === null) return 1;
    const { volumes, ignored } = settings.getState();
    return ignored.includes(user) ? 0 : (volumes[user] ?? 1);
  }

  #ignoredIn(channel: Id): Participant[] {
    const { ignored } = settings.getState();
    return (this.world.getState().voice[channel] ?? [])
      .filter((each) => ignored.includes(each.user_id))
      .map((each) => each.participant);
  }

  // -------------------------------------------------------------------------------------------------------- diagnosis

  voiceStats(): Promise<SlotStats[]> {
    return this.call.stats();
  }

  snapshot(): Snapshot {
    const { phase, channelId, participant } = this.call.store.getState();
    const { voice, users } = this.world.getState();
    const people = channelId === null ? [] : (voice[channelId] ?? []);
    const participants = people.map((each) => [
      users[each.user_id]?.username ?? each.user_id,
      each.participant,
    ]);
    return {
      connection: this.gateway.state,
      received: this.gateway.received,
      voice: { phase, channelId, participant, participants: Object.fromEntries(participants) },
    };
  }
}
