/** REST under /api, with the access token renewed when it has run out. */

import { RequestError } from "../lib/errors";
import { type Auth, type Fetch, fetchJson } from "./auth";
import type {
  Addition,
  Channel,
  ChannelKind,
  Group,
  GroupView,
  Id,
  Invite,
  InvitePreview,
  Me,
  Member,
  Message,
  MessagePage,
  ServerInfo,
  User,
} from "./protocol";

export type PageAt = { before: Id } | { after: Id } | { around: Id } | Record<string, never>;

export class Api {
  constructor(
    private readonly auth: Auth,
    private readonly send: Fetch = (path, init) => fetch(path, init),
  ) {}

  server(): Promise<ServerInfo> {
    return fetchJson(this.send, "/api/server");
  }
  invitePreview(code: string): Promise<InvitePreview> {
    return fetchJson(this.send, `/api/invites/${encodeURIComponent(code)}`);
  }

  acceptInvite(code: string): Promise<{ view: GroupView; channel_id: Id | null }> {
    return this.#call("POST", `/api/invites/${encodeURIComponent(code)}/accept`, {});
  }
  rename(displayName: string): Promise<Me> {
    return this.#call("PATCH", "/api/users/@me", { display_name: displayName });
  }
  user(id: Id): Promise<User> {
    return this.#call("GET", `/api/users/${id}`);
  }
  acceptAddition(id: Id): Promise<GroupView> {
    return this.#call("POST", `/api/users/@me/additions/${id}/accept`, {});
  }
  refuseAddition(id: Id): Promise<void> {
    return this.#call("DELETE", `/api/users/@me/additions/${id}`);
  }

  createGroup(name: string): Promise<GroupView> {
    return this.#call("POST", "/api/groups", { name });
  }
  renameGroup(group: Id, name: string): Promise<Group> {
    return this.#call("PATCH", `/api/groups/${group}`, { name });
  }
  deleteGroup(group: Id): Promise<void> {
    return this.#call("DELETE", `/api/groups/${group}`);
  }
  createChannel(group: Id, name: string, kind: ChannelKind, topic = ""): Promise<Channel> {
    return this.#call(
      "POST",
      `/api/groups/${group}/channels`,
      topic ? { name, kind, topic } : { name, kind },
    );
  }
  updateChannel(channel: Id, change: { name?: string; topic?: string; position?: number }): Promise<Channel> {
    return this.#call("PATCH", `/api/channels/${channel}`, change);
  }
  deleteChannel(channel: Id): Promise<void> {
    return this.#call("DELETE", `/api/channels/${channel}`);
  }

  members(group: Id, after: Id | null, limit = 100): Promise<{ members: Member[]; users: User[] }> {
    return this.#call("GET", `/api/groups/${group}/members?limit=${limit}${after ? `&after=${after}` : ""}`);
  }
  removeMember(group: Id, user: Id | "@me"): Promise<void> {
    return this.#call("DELETE", `/api/groups/${group}/members/${user}`);
  }

  invites(group: Id): Promise<{ invites: Invite[] }> {
    return this.#call("GET", `/api/groups/${group}/invites`);
  }
  createInvite(
    group: Id,
    terms: { channel_id?: Id; expires_in_s?: number; max_uses?: number },
  ): Promise<Invite> {
    return this.#call("POST", `/api/groups/${group}/invites`, terms);
  }
  withdrawInvite(code: string): Promise<void> {
    return this.#call("DELETE", `/api/invites/${encodeURIComponent(code)}`);
  }
  addByName(group: Id, username: string): Promise<Addition> {
    return this.#call("POST", `/api/groups/${group}/additions`, { username });
  }
  pendingAdditions(group: Id): Promise<{ additions: Addition[]; users: User[] }> {
    return this.#call("GET", `/api/groups/${group}/additions`);
  }
  withdrawAddition(id: Id): Promise<void> {
    return this.#call("DELETE", `/api/additions/${id}`);
  }

  messages(channel: Id, at: PageAt, limit = 50): Promise<MessagePage> {
    const query = new URLSearchParams({ ...at, limit: String(limit) });
    return this.#call("GET", `/api/channels/${channel}/messages?${query}`);
  }
  message(channel: Id, message: Id): Promise<{ message: Message; author: User }> {
    return this.#call("GET", `/api/channels/${channel}/messages/${message}`);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const attempt = async (fresh: boolean): Promise<T> => {
      const token = await this.auth.token(fresh);
      return fetchJson<T>(this.send, path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    };
    try {
      return await attempt(false);
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) return attempt(true);
      throw error;
    }
  }
}
