/** The gateway connection: opens, identifies or resumes, beats, carries requests, and comes back by itself. */

import { Backoff } from "../lib/backoff";
import { networkError, RequestError } from "../lib/errors";
import type { GatewayEvent, Ready, RequestName, Requests, ServerFrame } from "./protocol";
import { afterClose, isEvent, SessionCount } from "./session";

export type ConnectionState = "connecting" | "connected" | "reconnecting" | "closed";

export interface GatewayHooks {
  /** A new snapshot: everything known before it is stale, cached messages too. */
  ready(ready: Ready): void;
  event(event: GatewayEvent): void;
  /** The session goes on; all missed events have been delivered. */
  resumed(): void;
  state(state: ConnectionState): void;
  /** This device is no longer logged in. */
  loggedOut(): void;
}

export interface GatewayOptions {
  hooks: GatewayHooks;
  openSocket: () => WebSocket;
  /** A good access token; `fresh` asks for a new one. Rejects with status 401 when one has to log in. */
  token: (fresh: boolean) => Promise<string>;
  random?: () => number;
}

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: RequestError) => void;
  timer: ReturnType<typeof setTimeout>;
}

const ACK_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 15_000;
const HELLO_WITHIN_MS = 10_000;
/** Application close code for sockets given up by this side. */
const GIVEN_UP = 4100;

export class GatewayClient {
  readonly #hooks: GatewayHooks;
  readonly #openSocket: () => WebSocket;
  readonly #token: (fresh: boolean) => Promise<string>;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  readonly #session = new SessionCount();
  readonly #waiting = new Map<number, Waiting>();
  #socket: WebSocket | null = null;
  #state: ConnectionState = "closed";
  #everReady = false;
  #freshToken = false;
  #nextId = 1;
  #intervalMs = 25_000;
  #drainMs: number | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #beatTimer: ReturnType<typeof setTimeout> | undefined;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #helloTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: GatewayOptions) {
    this.#hooks = options.hooks;
    this.#openSocket = options.openSocket;
    this.#token = options.token;
    this.#random = options.random ?? Math.random;
    this.#backoff = new Backoff(this.#random);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Number of events since the snapshot; for diagnosis. */
  get received(): number {
    return this.#session.received;
  }

  start(): void {
    if (this.#state !== "closed") return;
    this.#setState("connecting");
    this.#connect();
  }

  /** End for good: no resume, nothing is tried again. */
  stop(): void {
    this.#abandon(1000);
    clearTimeout(this.#retryTimer);
    this.#session.forget();
    this.#everReady = false;
    this.#setState("closed");
  }

  /** The network is back or the page was looked at again: try now, or ask whether the socket still lives. */
  nudge(): void {
    if (this.#state === "closed") return;
    if (this.#state === "connected") this.#beat();
    else if (this.#socket === null && this.#retryTimer !== undefined) this.#connect();
  }

  /** The system says that there is no network: do not wait for the silence to prove it. */
  networkLost(): void {
    if (this.#state === "closed" || this.#socket === null) return;
    this.#lost(1006);
  }

  request<N extends RequestName>(name: N, fields: Requests[N][0]): Promise<Requests[N][1]> {
    const socket = this.#socket;
    if (this.#state !== "connected" || socket === null) return Promise.reject(networkError());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new RequestError("timeout", "The server did not answer in time."));
      }, ANSWER_WITHIN_MS);
      this.#waiting.set(id, { resolve: resolve as (result: never) => void, reject, timer });
      socket.send(JSON.stringify({ type: name, id, ...fields }));
    });
  }

  // ---------------------------------------------------------------------------------------------------------- opening

  #connect(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    let socket: WebSocket;
    try {
      socket = this.#openSocket();
    } catch {
      this.#retry(null);
      return;
    }
    this.#socket = socket;
    this.#drainMs = null;
    socket.onmessage = (message) => {
      if (this.#socket === socket) this.#received(String(message.data));
    };
    socket.onclose = (close) => {
      if (this.#socket === socket) this.#lost(close.code);
    };
    this.#helloTimer = setTimeout(() => this.#lost(1006), HELLO_WITHIN_MS);
  }

  async #open(socket: WebSocket): Promise<void> {
    try {
      const token = await this.#token(this.#freshToken);
      this.#freshToken = false;
      if (this.#socket !== socket) return;
      socket.send(JSON.stringify(this.#session.opening(token)));
    } catch (error) {
      if (this.#socket !== socket) return;
      if (error instanceof RequestError && error.status === 401) this.#end();
      else this.#lost(1006);
    }
  }

  // -------------------------------------------------------------------------------------------------------- receiving

  #received(text: string): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      this.#lost(1006);
      return;
    }
    if (isEvent(frame)) {
      this.#session.count();
      this.#hooks.event(frame);
      return;
    }
    this.#control(frame);
  }

  #control(frame: Exclude<ServerFrame, GatewayEvent>): void {
    switch (frame.type) {
      case "hello":
        clearTimeout(this.#helloTimer);
        this.#intervalMs = frame.heartbeat_interval_ms;
        if (this.#socket) void this.#open(this.#socket);
        break;
      case "ready":
        this.#session.begin(frame.session);
        this.#everReady = true;
        this.#hooks.ready(frame);
        this.#connected();
        break;
      case "resumed":
        this.#connected();
        this.#hooks.resumed();
        break;
      case "not_resumed":
        this.#session.forget();
        if (this.#socket) void this.#open(this.#socket);
        break;
      case "heartbeat_ack":
        clearTimeout(this.#ackTimer);
        this.#ackTimer = undefined;
        if (!this.#session.agrees(frame.sent)) this.#lost(GIVEN_UP, 0);
        break;
      case "reply":
        this.#settle(frame.id, (waiting) => waiting.resolve(frame.result as never));
        break;
      case "error":
        if (frame.id !== null) {
          const { code, message, data } = frame.error;
          this.#settle(frame.id, (waiting) => waiting.reject(new RequestError(code, message, data ?? {})));
        }
        break;
      case "drain":
        this.#drainMs = frame.reconnect_after_ms;
        break;
    }
  }

  #connected(): void {
    this.#backoff.reset();
    this.#setState("connected");
    clearTimeout(this.#beatTimer);
    this.#beatTimer = setTimeout(() => this.#beat(), this.#intervalMs * this.#random());
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    how(waiting);
  }

  // -------------------------------------------------------------------------------------------------------- heartbeat

  #beat(): void {
    clearTimeout(this.#beatTimer);
    const socket = this.#socket;
    if (socket === null || this.#state !== "connected") return;
    socket.send(JSON.stringify({ type: "heartbeat", received: this.#session.received }));
    this.#ackTimer ??= setTimeout(() => this.#lost(GIVEN_UP, 0), ACK_WITHIN_MS);
    this.#beatTimer = setTimeout(() => this.#beat(), this.#intervalMs);
  }

  // ------------------------------------------------------------------------------------------------------------- loss

  /** The socket is gone or is given up. `waitMs` overrides what the close code asks for. */
  #lost(code: number, waitMs?: number): void {
    const drainMs = this.#drainMs;
    this.#abandon(code === 1006 ? GIVEN_UP : code);
    const next = afterClose(code, drainMs);
    if (next.kind === "log_in") {
      this.#end();
      return;
    }
    if (next.kind === "identify") {
      this.#session.forget();
      this.#freshToken = next.newToken;
    }
    this.#setState(this.#everReady ? "reconnecting" : "connecting");
    this.#retry(waitMs ?? next.waitMs);
  }

  #retry(waitMs: number | null): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs ?? this.#backoff.nextMs());
  }

  #abandon(code: number): void {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#beatTimer);
    clearTimeout(this.#helloTimer);
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (socket !== null) {
      socket.onmessage = null;
      socket.onclose = null;
      // Browsers let a page close with 1000 and 3000-4999 alone.
      socket.close(code === 1000 || (code >= 3000 && code <= 4999) ? code : GIVEN_UP);
    }
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(networkError());
    }
    this.#waiting.clear();
  }

  #end(): void {
    this.stop();
    this.#hooks.loggedOut();
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#hooks.state(state);
  }
}
