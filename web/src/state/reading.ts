/** How far one has read: forward as messages come into view, back by "mark unread"; and of what one wants to be told. */

import type { StoreApi } from "zustand/vanilla";
import type { Api } from "../gateway/api";
import type { Id, LevelKind, LevelScope, SendRequest } from "../gateway/protocol";
import { isNewer } from "../lib/ids";
import { applyEvent, takeCursor, type World } from "./world";

export class Reading {
  readonly #moving = new Map<Id, Id>();
  /** Channels that were marked unread: what is in view there is not read again until one goes away, or writes. */
  readonly #held = new Set<Id>();

  constructor(
    private readonly world: StoreApi<World>,
    private readonly api: Pick<Api, "setLevel">,
    private readonly request: SendRequest,
    private readonly now: () => number = Date.now,
  ) {}

  /** The newest message that was seen, with the window focused. Asks once at a time for a channel, newest last. */
  async markRead(channel: Id, message: Id): Promise<void> {
    const under = this.#moving.get(channel);
    const read = this.world.getState().cursors[channel]?.last_read_id;
    if (this.#held.has(channel)) return;
    if (!isNewer(message, read) || (under !== undefined && !isNewer(message, under))) return;
    this.#moving.set(channel, message);
    if (under !== undefined) return;
    try {
      let target: Id | undefined = message;
      while (target !== undefined) {
        const cursor = await this.request("cursor.move", { channel_id: channel, message_id: target });
        this.world.setState((world) => takeCursor(world, cursor));
        const latest = this.#moving.get(channel);
        target = latest === target ? undefined : latest;
      }
    } catch {
      // Seen again, it will be told again.
    } finally {
      this.#moving.delete(channel);
    }
  }

  /** Everything that was written until now. */
  async readAll(channel: Id): Promise<void> {
    const { channels, conversations } = this.world.getState();
    const last = (channels[channel] ?? conversations[channel])?.last_message_id;
    this.release(channel);
    if (last) await this.markRead(channel, last);
  }

  /** Everything in all channels of a group. */
  async readGroup(group: Id): Promise<void> {
    const { channels, cursors } = this.world.getState();
    const unread = Object.values(channels).filter(
      (each) => each.group_id === group && (cursors[each.id]?.unread ?? 0) > 0,
    );
    await Promise.all(unread.map((each) => this.readAll(each.id)));
  }

  /** This message, and all after it, count as not read. */
  async markUnread(channel: Id, message: Id): Promise<void> {
    this.#held.add(channel);
    try {
      const fields = { channel_id: channel, message_id: message, unread: true };
      const cursor = await this.request("cursor.move", fields);
      this.world.setState((world) => applyEvent(world, { type: "cursor.update", cursor }, this.now()));
    } catch (error) {
      this.#held.delete(channel);
      throw error;
    }
  }

  release(channel: Id): void {
    this.#held.delete(channel);
  }

  async setLevel(
    scope: LevelScope,
    target: Id,
    level: LevelKind,
    mutedUntilMs: number | null,
  ): Promise<void> {
    const told = await this.api.setLevel(scope, target, level, mutedUntilMs);
    this.world.setState((world) => applyEvent(world, { type: "level.update", level: told }, this.now()));
  }
}
