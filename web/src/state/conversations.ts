/** Reading and changing what channels hold: pages of history, edits, reactions, typing, quotes. */

import type { StoreApi } from "zustand/vanilla";
import type { Api, PageAt } from "../gateway/api";
import type { Id, SectionInput, SendRequest } from "../gateway/protocol";
import { asRequestError } from "../lib/errors";
import { beginLoad, emptyHistory, failLoad, type History, type LoadKind } from "./history";
import { applyEvent, takePage, type World, withMembers, withUsers } from "./world";

type MessageApi = Pick<Api, "messages" | "message" | "deleteMessage" | "bulkDelete">;

export const PAGE = 50;
/** A sign of typing is sent at most this often. */
export const TYPING_EVERY_MS = 5_000;

export class Conversations {
  readonly #typed = new Map<Id, number>();
  readonly #asked = new Set<Id>();
  /** Which load is the newest for a channel: an answer to an older one is thrown away. */
  readonly #loads = new Map<Id, number>();

  constructor(
    private readonly world: StoreApi<World>,
    private readonly api: MessageApi,
    private readonly request: SendRequest,
    private readonly now: () => number = Date.now,
  ) {}

  history(channel: Id): History {
    return this.world.getState().histories[channel] ?? emptyHistory;
  }

  /** Read the newest page, or the one around a message; replaces what is there. */
  open(channel: Id, around: Id | null = null): Promise<void> {
    return this.#load(channel, "page", around === null ? {} : { around });
  }

  /** Read from the very first message on. */
  openStart(channel: Id): Promise<void> {
    return this.#load(channel, "page", { after: "0" });
  }

  async loadBefore(channel: Id): Promise<void> {
    const { messages, hasBefore, loading, fresh } = this.history(channel);
    const first = messages[0];
    if (!fresh || !hasBefore || loading !== null || !first) return;
    await this.#load(channel, "before", { before: first.id });
  }

  async loadAfter(channel: Id): Promise<void> {
    const { messages, hasAfter, loading, fresh } = this.history(channel);
    const last = messages.at(-1);
    if (!fresh || !hasAfter || loading !== null || !last) return;
    await this.#load(channel, "after", { after: last.id });
  }

  async #load(channel: Id, kind: LoadKind, at: PageAt): Promise<void> {
    const load = (this.#loads.get(channel) ?? 0) + 1;
    this.#loads.set(channel, load);
    this.#changeHistory(channel, (history) => beginLoad(history, kind));
    try {
      const page = await this.api.messages(channel, at, PAGE);
      if (this.#loads.get(channel) !== load) return;
      this.world.setState((world) => takePage(world, channel, page));
    } catch {
      if (this.#loads.get(channel) === load) this.#changeHistory(channel, failLoad);
    }
  }

  async edit(channel: Id, message: Id, sections: SectionInput[]): Promise<void> {
    const result = await this.request("message.edit", { channel_id: channel, message_id: message, sections });
    this.world.setState((world) =>
      applyEvent(world, { type: "message.update", message: result.message }, this.now()),
    );
  }

  /** Why is for the audit log, of somebody else's message; a request of the gateway has no place for it. */
  async remove(channel: Id, message: Id, reason?: string): Promise<void> {
    if (reason !== undefined) await this.api.deleteMessage(channel, message, reason);
    else await this.request("message.delete", { channel_id: channel, message_id: message });
    this.world.setState((world) =>
      applyEvent(world, { type: "message.delete", channel_id: channel, message_id: message }, this.now()),
    );
  }

  /** Moderators: many at once. */
  async removeAll(channel: Id, messages: readonly Id[], reason?: string): Promise<void> {
    const { deleted } = await this.api.bulkDelete(channel, messages, reason);
    this.world.setState((world) =>
      applyEvent(
        world,
        { type: "message.delete_bulk", channel_id: channel, message_ids: deleted },
        this.now(),
      ),
    );
  }

  typing(channel: Id): void {
    const last = this.#typed.get(channel);
    if (last !== undefined && this.now() - last < TYPING_EVERY_MS) return;
    this.#typed.set(channel, this.now());
    this.request("typing.start", { channel_id: channel }).catch(() => undefined);
  }

  /** After sending, the next key is a new sign of typing. */
  typed(channel: Id): void {
    this.#typed.delete(channel);
  }

  /** Fetch a message that a reply points to, once. */
  async quote(channel: Id, message: Id): Promise<void> {
    const { quoted } = this.world.getState();
    if (message in quoted || !this.#ask(message)) return;
    try {
      const found = await this.api.message(channel, message);
      this.world.setState((world) => ({
        users: withUsers(world.users, [found.author, ...found.users]),
        memberships: withMembers(world.memberships, [found.member]),
        quoted: { ...world.quoted, [message]: found.message },
      }));
    } catch (error) {
      if (asRequestError(error).status === 404) {
        this.world.setState((world) => ({ quoted: { ...world.quoted, [message]: null } }));
      }
    } finally {
      this.#asked.delete(message);
    }
  }

  /** The newest message of a conversation, where the last one known was deleted. */
  async knowLast(channel: Id): Promise<void> {
    if (channel in this.world.getState().lastMessages || !this.#ask(channel)) return;
    try {
      const page = await this.api.messages(channel, {}, 1);
      this.world.setState((world) =>
        channel in world.lastMessages || !(channel in world.conversations)
          ? world
          : { lastMessages: { ...world.lastMessages, [channel]: page.messages.at(-1) ?? null } },
      );
    } catch {
      // Shown again, it is asked for again.
    } finally {
      this.#asked.delete(channel);
    }
  }

  /** React with an emoji, or take one's reaction back. */
  async react(channel: Id, message: Id, emoji: string): Promise<void> {
    const mine = this.world.getState().reacted[message]?.includes(emoji) ?? false;
    const fields = { channel_id: channel, message_id: message, emoji };
    await this.request(mine ? "reaction.remove" : "reaction.add", fields);
  }

  #ask(id: Id): boolean {
    if (this.#asked.has(id)) return false;
    this.#asked.add(id);
    return true;
  }

  #changeHistory(channel: Id, change: (history: History) => History): void {
    this.world.setState((world) => {
      const history = world.histories[channel] ?? emptyHistory;
      return { histories: { ...world.histories, [channel]: change(history) } };
    });
  }
}
