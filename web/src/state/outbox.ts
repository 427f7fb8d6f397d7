/**
 * Messages on their way. Each is drawn at once and sent in order, one at a time for each channel; the nonce makes sending
 * again safe. While the connection is away they wait for it, up to a limit; then the sender decides: retry or discard.
 */

import type { StoreApi } from "zustand/vanilla";
import type { AllowedMentions, Id, Section, SectionInput, SendRequest } from "../gateway/protocol";
import { asRequestError, networkError, type RequestError } from "../lib/errors";
import { type Draft, draftOf, setDraft } from "./drafts";
import { waitUntil } from "./slowMode";
import { applyEvent, type Outgoing, type World } from "./world";

export const GIVE_UP_MS = 45_000;

export function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** What is sent of sections as they are drawn: files go by their id. A forward cannot be named by what it shows. */
function asInput(sections: readonly Section[]): SectionInput[] {
  return sections.flatMap((section): SectionInput[] => {
    if (section.kind === "forward") return [];
    return [section.kind === "file" ? { kind: "file", file_id: section.file_id } : section];
  });
}

export class Outbox {
  readonly #pumping = new Set<Id>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** As it was typed, of those under way: slow mode gives it back. */
  readonly #drafts = new Map<string, Draft>();

  constructor(
    private readonly world: StoreApi<World>,
    private readonly request: SendRequest,
    private readonly now: () => number = Date.now,
  ) {}

  send(
    channelId: Id,
    sections: Section[],
    allowedMentions: AllowedMentions | null = null,
    draft: Draft | null = null,
  ): string {
    const nonce = newNonce();
    const outgoing: Outgoing = {
      nonce,
      channelId,
      sections,
      input: asInput(sections),
      allowedMentions,
      sinceMs: this.now(),
      state: "pending",
      error: null,
      errorMessage: null,
      errorData: {},
    };
    if (draft !== null) this.#drafts.set(nonce, draft);
    this.#change(channelId, (all) => [...all, outgoing]);
    this.#watch(outgoing);
    void this.#pump(channelId);
    return nonce;
  }

  retry(channelId: Id, nonce: string): void {
    const fresh = {
      state: "pending",
      error: null,
      errorMessage: null,
      errorData: {},
      sinceMs: this.now(),
    } as const;
    this.#change(channelId, (all) =>
      all.map((each) => (each.nonce === nonce ? { ...each, ...fresh } : each)),
    );
    const outgoing = this.#find(channelId, nonce);
    if (outgoing) this.#watch(outgoing);
    void this.#pump(channelId);
  }

  discard(channelId: Id, nonce: string): void {
    this.#unwatch(nonce);
    this.#drafts.delete(nonce);
    this.#change(channelId, (all) => all.filter((each) => each.nonce !== nonce));
  }

  /** The connection is back: send what waits. */
  resume(): void {
    for (const channel of Object.keys(this.world.getState().outbox)) void this.#pump(channel);
  }

  stop(): void {
    for (const nonce of [...this.#timers.keys()]) this.#unwatch(nonce);
  }

  async #pump(channelId: Id): Promise<void> {
    if (this.#pumping.has(channelId)) return;
    this.#pumping.add(channelId);
    try {
      let next = this.#next(channelId);
      while (next !== undefined && (await this.#attempt(next))) next = this.#next(channelId);
    } finally {
      this.#pumping.delete(channelId);
    }
  }

  /** False when the connection is away: everything waits for `resume`. */
  async #attempt(outgoing: Outgoing): Promise<boolean> {
    const { channelId, nonce, input, allowedMentions } = outgoing;
    try {
      const written = await this.request("message.create", {
        channel_id: channelId,
        nonce,
        sections: input,
        ...(allowedMentions === null ? {} : { allowed_mentions: allowedMentions }),
      });
      this.#unwatch(nonce);
      this.world.setState((world) => applyEvent(world, { type: "message.create", ...written }, this.now()));
      // An answer may name a message without its nonce; this one has arrived in any case.
      this.discard(channelId, nonce);
      const slowS = this.world.getState().channels[channelId]?.slow_mode_s ?? 0;
      if (slowS > 0) waitUntil(channelId, this.now() + slowS * 1000);
      return true;
    } catch (error) {
      const failure = asRequestError(error);
      if (failure.code === "network") return false;
      if (failure.code === "timeout") return true;
      const waitMs = failure.retryAfterMs;
      if (failure.code === "rate_limited" && this.now() + waitMs < outgoing.sinceMs + GIVE_UP_MS) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(waitMs, 250)));
        return true;
      }
      if (failure.code === "slow_mode") {
        waitUntil(channelId, this.now() + waitMs);
        if (this.#giveBack(channelId, nonce)) return true;
      }
      this.#fail(channelId, nonce, failure);
      return true;
    }
  }

  /** What was typed stands in the box again, unless something else does by now. */
  #giveBack(channelId: Id, nonce: string): boolean {
    const draft = this.#drafts.get(nonce);
    if (!draft || draftOf(channelId).text !== "") return false;
    setDraft(channelId, draft);
    this.discard(channelId, nonce);
    return true;
  }

  #next(channelId: Id): Outgoing | undefined {
    return this.world.getState().outbox[channelId]?.find((each) => each.state === "pending");
  }

  #find(channelId: Id, nonce: string): Outgoing | undefined {
    return this.world.getState().outbox[channelId]?.find((each) => each.nonce === nonce);
  }

  #watch(outgoing: Outgoing): void {
    this.#unwatch(outgoing.nonce);
    const timer = setTimeout(
      () => this.#fail(outgoing.channelId, outgoing.nonce, networkError()),
      GIVE_UP_MS,
    );
    this.#timers.set(outgoing.nonce, timer);
  }

  #unwatch(nonce: string): void {
    clearTimeout(this.#timers.get(nonce));
    this.#timers.delete(nonce);
  }

  #fail(channelId: Id, nonce: string, { code, message, data }: RequestError): void {
    this.#unwatch(nonce);
    const failed = { state: "failed", error: code, errorMessage: message, errorData: data } as const;
    this.#change(channelId, (all) =>
      all.map((each) => (each.nonce === nonce ? { ...each, ...failed } : each)),
    );
  }

  #change(channelId: Id, change: (all: readonly Outgoing[]) => readonly Outgoing[]): void {
    this.world.setState((world) => ({
      outbox: { ...world.outbox, [channelId]: change(world.outbox[channelId] ?? []) },
    }));
  }
}
