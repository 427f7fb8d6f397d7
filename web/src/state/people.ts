/** Friends, requests, blocks, and conversations with people. What the answer says is shown before the gateway tells the same. */

import type { StoreApi } from "zustand/vanilla";
import type { Api } from "../gateway/api";
import type { ConversationView, GatewayEvent, Id, Relation } from "../gateway/protocol";
import { asRequestError } from "../lib/errors";
import { applyEvent, takeConversation, type World, withUsers } from "./world";

type PeopleApi = Pick<
  Api,
  | "user"
  | "befriend"
  | "relate"
  | "endRelation"
  | "startConversation"
  | "nameConversation"
  | "addToConversation"
  | "removeFromConversation"
>;

export class People {
  readonly #asked = new Set<Id>();

  constructor(
    private readonly world: StoreApi<World>,
    private readonly api: PeopleApi,
    private readonly now: () => number = Date.now,
  ) {}

  /** Fetch somebody who was named by id alone, once; nobody is asked for twice who is not for one to know. */
  async know(id: Id): Promise<void> {
    if (id in this.world.getState().users || this.#asked.has(id)) return;
    this.#asked.add(id);
    try {
      const user = await this.api.user(id);
      this.world.setState((world) => ({ users: withUsers(world.users, [user]) }));
    } catch (error) {
      // Stays nameless. One who could not be asked for is asked for again when shown again.
      if (asRequestError(error).status !== 404) this.#asked.delete(id);
    }
  }

  /** Asks for friendship by user name, or accepts when that person asked. */
  async befriend(username: string): Promise<Relation> {
    return this.#related(await this.api.befriend(username));
  }

  async relate(user: Id, kind: "friend" | "blocked"): Promise<Relation> {
    return this.#related(await this.api.relate(user, kind));
  }

  /** Refuses, withdraws, ends, or takes a block away. */
  async endRelation(user: Id): Promise<void> {
    await this.api.endRelation(user);
    this.#apply({ type: "relation.delete", user_id: user });
  }

  /** The conversation with one other person, or a new one with several; gives the id of its channel. */
  async converse(users: readonly Id[], name?: string): Promise<Id> {
    const view: ConversationView = await this.api.startConversation(users, name);
    const { id } = view.conversation;
    this.world.setState((world) => (id in world.conversations ? world : takeConversation(world, view)));
    return id;
  }

  async nameConversation(id: Id, name: string): Promise<void> {
    this.#conversation(await this.api.nameConversation(id, name));
  }

  async addTo(id: Id, user: Id): Promise<void> {
    this.#conversation(await this.api.addToConversation(id, user));
  }

  async removeFrom(id: Id, user: Id | "@me"): Promise<void> {
    await this.api.removeFromConversation(id, user);
    if (user === "@me") this.#apply({ type: "conversation.delete", channel_id: id });
  }

  #conversation(conversation: ConversationView["conversation"]): void {
    this.#apply({ type: "conversation.update", conversation, cursor: null, users: [] });
  }

  #related(relation: Relation): Relation {
    this.#apply({ type: "relation.update", relation });
    return relation;
  }

  #apply(event: GatewayEvent): void {
    this.world.setState((world) => applyEvent(world, event, this.now()));
  }
}
