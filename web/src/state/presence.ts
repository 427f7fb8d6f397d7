/**
 * Whose presence is looked at. What is on the screen asks for people and lets them go again; the gateway is told the whole list
 * once things have settled, and again before it forgets.
 */

import type { StoreApi } from "zustand/vanilla";
import type { Id, SendRequest } from "../gateway/protocol";
import type { World } from "./world";

/** `presence.watch` lasts five minutes. */
export const RENEW_MS = 4 * 60_000;
export const SETTLE_MS = 250;
const WATCHED_MAX = 200;
/** One without input at this device for so long is idle. */
export const IDLE_AFTER_MS = 5 * 60_000;

export class Presences {
  readonly #wanted = new Map<Id, number>();
  #told: readonly Id[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connected = false;

  constructor(
    private readonly world: StoreApi<World>,
    private readonly request: SendRequest,
  ) {}

  /** Follow somebody; the result lets them go. */
  watch(user: Id): () => void {
    this.#wanted.set(user, (this.#wanted.get(user) ?? 0) + 1);
    if (this.#wanted.get(user) === 1) this.#later(SETTLE_MS);
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      const left = (this.#wanted.get(user) ?? 1) - 1;
      if (left > 0) this.#wanted.set(user, left);
      else this.#wanted.delete(user);
    };
  }

  /** The gateway stands (again): it knows of no list, or of one that events may have been missed for. */
  connected(): void {
    this.#connected = true;
    this.#told = [];
    this.#later(0);
  }

  lost(): void {
    this.#connected = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(waitMs: number): void {
    if (!this.#connected) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), waitMs);
  }

  async #tell(): Promise<void> {
    // Those who came last are on the screen for certain.
    const users = [...this.#wanted.keys()].slice(-WATCHED_MAX);
    this.#timer = setTimeout(() => void this.#tell(), RENEW_MS);
    if (users.length === 0 && this.#told.length === 0) return;
    try {
      const { presences } = await this.request("presence.watch", { user_ids: users });
      this.#told = users;
      const known = Object.fromEntries(presences.map((each) => [each.user_id, each]));
      this.world.setState((world) => ({ presences: { ...world.presences, ...known } }));
    } catch {
      // Too much at once, or the connection is away: asked again when something changes or when it is back.
    }
  }
}

/** Tells the gateway whether somebody sits here. `follow` calls back at each sign of life. */
export function watchActivity(follow: (alive: () => void) => void, tell: (idle: boolean) => void): void {
  let idle = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      idle = true;
      tell(true);
    }, IDLE_AFTER_MS);
  };
  follow(() => {
    if (idle) tell(false);
    idle = false;
    wait();
  });
  wait();
}
