/** Looking after a group. What REST answers is shown before the gateway tells the same. */

import type { StoreApi } from "zustand/vanilla";
import { Administration, type RoleFields } from "../gateway/administration";
import type { Api } from "../gateway/api";
import type { Channel, Emoji, GatewayEvent, Group, Id, Member, Overwrite, Role } from "../gateway/protocol";
import { type Branch, type ChannelPlace, placesOf } from "./channelTree";
import type { Parley } from "./parley";
import { MODERATOR } from "./ranks";
import { applyEvent, type World } from "./world";

type GroupApi = Pick<
  Api,
  "renameGroup" | "updateChannel" | "createChannel" | "deleteChannel" | "setNickname" | "removeMember"
>;
type ChannelChange = Parameters<Api["updateChannel"]>[1];
type ChannelFields = Parameters<Api["createChannel"]>[1];

export class Upkeep {
  constructor(
    private readonly world: StoreApi<World>,
    private readonly api: GroupApi,
    readonly rest: Administration,
    private readonly now: () => number = Date.now,
  ) {}

  // ------------------------------------------------------------------------------------------------------------- group

  async rename(group: Id, name: string, reason?: string): Promise<void> {
    this.#group(await this.api.renameGroup(group, name, reason));
  }
  async transfer(group: Id, user: Id, reason?: string): Promise<void> {
    this.#group(await this.rest.transferGroup(group, user, reason));
  }

  // ---------------------------------------------------------------------------------------------------------- channels

  async createChannel(group: Id, fields: ChannelFields, reason?: string): Promise<Channel> {
    const channel = await this.api.createChannel(group, fields, reason);
    if (!(channel.id in this.world.getState().channels)) this.#channel(channel);
    return channel;
  }
  async updateChannel(channel: Id, change: ChannelChange, reason?: string): Promise<void> {
    this.#channel(await this.api.updateChannel(channel, change, reason));
  }
  async deleteChannel({ id, group_id }: Channel, reason?: string): Promise<void> {
    await this.api.deleteChannel(id, reason);
    this.#apply({ type: "channel.delete", group_id, channel_id: id });
  }
  async setOverwrite(channel: Id, overwrite: Overwrite, reason?: string): Promise<void> {
    this.#channel(await this.rest.setOverwrite(channel, overwrite, reason));
  }
  async deleteOverwrite(
    channel: Id,
    { target, target_id }: Pick<Overwrite, "target" | "target_id">,
    reason?: string,
  ): Promise<void> {
    this.#channel(await this.rest.deleteOverwrite(channel, target, target_id, reason));
  }

  /** The channels stand as they were let go at once; where the server refuses, they go back. */
  async orderChannels(group: Id, tree: readonly Branch[], reason?: string): Promise<void> {
    const places = placesOf(tree);
    const before = this.world.getState().channels;
    this.#place(places);
    const placed = this.world.getState().channels;
    let answered: readonly Channel[] = [];
    try {
      answered = (await this.rest.orderChannels(group, places, reason)).channels;
    } finally {
      this.world.setState(({ channels }) => {
        const next = { ...channels };
        // Whatever an event has put here meanwhile is newer than what was guessed.
        for (const { id } of places) {
          const known = before[id];
          if (known && next[id] === placed[id]) next[id] = known;
        }
        return { channels: next };
      });
      for (const channel of answered) this.#channel(channel);
    }
  }

  #place(places: readonly ChannelPlace[]): void {
    this.world.setState(({ channels }) => {
      const next = { ...channels };
      places.forEach(({ id, category_id }, position) => {
        const known = next[id];
        if (known) next[id] = { ...known, category_id, position };
      });
      return { channels: next };
    });
  }

  // ------------------------------------------------------------------------------------------------------------- roles

  async createRole(group: Id, fields: RoleFields, reason?: string): Promise<Role> {
    return this.#role(await this.rest.createRole(group, fields, reason));
  }
  async updateRole(group: Id, role: Id, change: Partial<RoleFields>, reason?: string): Promise<void> {
    this.#role(await this.rest.updateRole(group, role, change, reason));
  }
  async deleteRole(group: Id, role: Id, reason?: string): Promise<void> {
    await this.rest.deleteRole(group, role, reason);
    this.#apply({ type: "role.delete", group_id: group, role_id: role });
  }
  /** All but everyone's, highest first. They stand as they were let go at once. */
  async orderRoles(group: Id, ids: readonly Id[], reason?: string): Promise<void> {
    const before = this.world.getState().groups[group]?.roles ?? [];
    const guess = before.map((each) =>
      ids.includes(each.id) ? { ...each, position: ids.length - ids.indexOf(each.id) } : each,
    );
    const put = (roles: readonly Role[]): void =>
      this.world.setState(({ groups }) => {
        const state = groups[group];
        return state ? { groups: { ...groups, [group]: { ...state, roles } } } : {};
      });
    put(guess);
    let answered: readonly Role[] = [];
    try {
      answered = (await this.rest.orderRoles(group, ids, reason)).roles;
    } finally {
      const now = this.world.getState().groups[group]?.roles ?? [];
      put(
        now.map((each) => (guess.includes(each) ? (before.find(({ id }) => id === each.id) ?? each) : each)),
      );
      for (const role of answered) this.#role(role);
    }
  }

  // ----------------------------------------------------------------------------------------------------------- members

  async setRole(group: Id, user: Id, role: Id, has: boolean, reason?: string): Promise<void> {
    this.#member(
      await (has
        ? this.rest.giveRole(group, user, role, reason)
        : this.rest.takeRole(group, user, role, reason)),
    );
  }
  /** Makes somebody a moderator, by the role that the group has for it; a new one where it has none. */
  async appoint(group: Id, user: Id, known: Role | null): Promise<void> {
    const fields = { name: "Moderator", permissions: MODERATOR, hoisted: true };
    const role = known ?? (await this.createRole(group, fields));
    await this.setRole(group, user, role.id, true);
  }
  async setNickname(group: Id, user: Id, nickname: string | null, reason?: string): Promise<void> {
    const who = user === this.world.getState().me?.id ? "@me" : user;
    this.#member(await this.api.setNickname(group, who, nickname, reason));
  }
  async timeOut(group: Id, user: Id, untilMs: number | null, reason?: string): Promise<void> {
    this.#member(await this.rest.timeOut(group, user, untilMs, reason));
  }
  kick(group: Id, user: Id, reason?: string): Promise<void> {
    return this.api.removeMember(group, user, reason);
  }
  async ban(group: Id, user: Id, deleteMessagesS: number, reason?: string): Promise<void> {
    await this.rest.ban(group, user, deleteMessagesS, reason);
  }

  // ------------------------------------------------------------------------------------------------------------- emoji

  async createEmoji(group: Id, name: string, image: Blob, reason?: string): Promise<void> {
    this.#apply({ type: "emoji.update", emoji: await this.rest.createEmoji(group, name, image, reason) });
  }
  async renameEmoji({ group_id, id }: Emoji, name: string, reason?: string): Promise<void> {
    this.#apply({ type: "emoji.update", emoji: await this.rest.renameEmoji(group_id, id, name, reason) });
  }
  async deleteEmoji({ group_id, id }: Emoji, reason?: string): Promise<void> {
    await this.rest.deleteEmoji(group_id, id, reason);
    this.#apply({ type: "emoji.delete", group_id, emoji_id: id });
  }

  // ----------------------------------------------------------------------------------------------------------- reports

  async handleReport(report: Id, state: "resolved" | "dismissed", note: string): Promise<void> {
    this.#apply({ type: "report.update", report: await this.rest.handleReport(report, state, note) });
  }

  // ----------------------------------------------------------------------------------------------------------- answers

  #group(group: Group): void {
    this.#apply({ type: "group.update", group });
  }
  #channel(channel: Channel): void {
    this.#apply({ type: "channel.update", channel, cursor: null, voice: [] });
  }
  #role(role: Role): Role {
    this.#apply({ type: "role.update", role });
    return role;
  }
  #member(member: Member): void {
    this.#apply({ type: "member.update", member });
  }
  #apply(event: GatewayEvent): void {
    this.world.setState((world) => applyEvent(world, event, this.now()));
  }
}

const made = new WeakMap<Parley, Upkeep>();

/** The one of this client; its code loads with the first part that looks after a group. */
export function upkeepOf(parley: Parley): Upkeep {
  const known = made.get(parley);
  if (known) return known;
  const upkeep = new Upkeep(parley.world, parley.api, new Administration(parley.api.rest));
  made.set(parley, upkeep);
  return upkeep;
}
