/** REST under /api: what most people do. Moderation and the administration of groups is in `administration.ts`. */

import { type Auth, type Fetch, fetchJson } from "./auth";
import type {
  Addition,
  AllowedMentions,
  Channel,
  ChosenStatus,
  Conversation,
  ConversationList,
  ConversationView,
  Cursor,
  DirectFrom,
  Edit,
  FileLinks,
  Group,
  GroupView,
  Id,
  Invite,
  InvitePreview,
  Level,
  LevelKind,
  LevelScope,
  Me,
  Member,
  MemberPage,
  MentionPage,
  MessagePage,
  Origin,
  Profile,
  ProfileField,
  Relation,
  RosterPage,
  SearchPage,
  SectionInput,
  ServerInfo,
  User,
  Written,
} from "./protocol";
import { Rest, withQuery } from "./rest";

export type PageAt = { before: Id } | { after: Id } | { around: Id } | Record<string, never>;

export interface MeChange {
  display_name?: string;
  direct_from?: DirectFrom;
  status?: ChosenStatus;
  status_text?: string;
  status_until_ms?: number | null;
}

export class Api {
  readonly rest: Rest;

  constructor(auth: Auth, send?: Fetch) {
    this.rest = new Rest(auth, send);
  }

  server(): Promise<ServerInfo> {
    return fetchJson(this.rest.send, "/api/server");
  }
  invitePreview(code: string): Promise<InvitePreview> {
    return fetchJson(this.rest.send, `/api/invites/${encodeURIComponent(code)}`);
  }

  // ----------------------------------------------------------------------------------------------------------- people

  updateMe(change: MeChange): Promise<Me> {
    return this.rest.call("PATCH", "/api/users/@me", change);
  }
  profile(id: Id): Promise<Profile> {
    return this.rest.call("GET", `/api/users/${id}/profile`);
  }
  updateProfile(change: { bio?: string; fields?: readonly ProfileField[] }): Promise<Profile> {
    return this.rest.call("PATCH", "/api/users/@me/profile", change);
  }
  putAvatar(image: Blob): Promise<Me> {
    return this.rest.put("PUT", "/api/users/@me/avatar", image);
  }
  deleteAvatar(): Promise<Me> {
    return this.rest.call("DELETE", "/api/users/@me/avatar");
  }
  putBanner(image: Blob): Promise<Profile> {
    return this.rest.put("PUT", "/api/users/@me/banner", image);
  }
  deleteBanner(): Promise<Profile> {
    return this.rest.call("DELETE", "/api/users/@me/banner");
  }
  user(id: Id): Promise<User> {
    return this.rest.call("GET", `/api/users/${id}`);
  }
  acceptAddition(id: Id): Promise<GroupView> {
    return this.rest.call("POST", `/api/users/@me/additions/${id}/accept`, {});
  }
  refuseAddition(id: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/users/@me/additions/${id}`);
  }
  /** Asks for friendship, or accepts when that person asked. */
  befriend(username: string): Promise<Relation> {
    return this.rest.call("POST", "/api/users/@me/relations", { username });
  }
  relate(user: Id, kind: "friend" | "blocked"): Promise<Relation> {
    return this.rest.call("PUT", `/api/users/@me/relations/${user}`, { kind });
  }
  /** Refuses, withdraws, ends, or takes a block away. */
  endRelation(user: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/users/@me/relations/${user}`);
  }
  setLevel(scope: LevelScope, target: Id, level: LevelKind, mutedUntilMs: number | null): Promise<Level> {
    return this.rest.call("PUT", `/api/users/@me/levels/${scope}/${target}`, {
      level,
      muted_until_ms: mutedUntilMs,
    });
  }
  mentions(before: Id | null, limit = 25): Promise<MentionPage> {
    return this.rest.call(
      "GET",
      withQuery("/api/users/@me/mentions", { before: before ?? undefined, limit }),
    );
  }

  // ---------------------------------------------------------------------------------------------------- conversations

  conversationList(): Promise<ConversationList> {
    return this.rest.call("GET", "/api/conversations");
  }
  /** With one other person the direct one, which is there at most once. */
  startConversation(users: readonly Id[], name?: string): Promise<ConversationView> {
    return this.rest.call("POST", "/api/conversations", { user_ids: users, ...(name ? { name } : {}) });
  }
  nameConversation(conversation: Id, name: string): Promise<Conversation> {
    return this.rest.call("PATCH", `/api/conversations/${conversation}`, { name });
  }
  addToConversation(conversation: Id, user: Id): Promise<Conversation> {
    return this.rest.call("PUT", `/api/conversations/${conversation}/members/${user}`);
  }
  removeFromConversation(conversation: Id, user: Id | "@me"): Promise<void> {
    return this.rest.call("DELETE", `/api/conversations/${conversation}/members/${user}`);
  }

  // ----------------------------------------------------------------------------------------------- groups and channels

  createGroup(name: string): Promise<GroupView> {
    return this.rest.call("POST", "/api/groups", { name });
  }
  renameGroup(group: Id, name: string, reason?: string): Promise<Group> {
    return this.rest.call("PATCH", withQuery(`/api/groups/${group}`, { reason }), { name });
  }
  deleteGroup(group: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/groups/${group}`);
  }
  createChannel(
    group: Id,
    fields: {
      name: string;
      kind: Channel["kind"];
      topic?: string;
      category_id?: Id | null;
      private?: boolean;
      slow_mode_s?: number;
    },
    reason?: string,
  ): Promise<Channel> {
    return this.rest.call("POST", withQuery(`/api/groups/${group}/channels`, { reason }), fields);
  }
  updateChannel(
    channel: Id,
    change: {
      name?: string;
      topic?: string;
      position?: number;
      category_id?: Id | null;
      slow_mode_s?: number;
    },
    reason?: string,
  ): Promise<Channel> {
    return this.rest.call("PATCH", withQuery(`/api/channels/${channel}`, { reason }), change);
  }
  deleteChannel(channel: Id, reason?: string): Promise<void> {
    return this.rest.call("DELETE", withQuery(`/api/channels/${channel}`, { reason }));
  }

  members(group: Id, after: Id | null, limit = 100): Promise<MemberPage> {
    return this.rest.call(
      "GET",
      withQuery(`/api/groups/${group}/members`, { after: after ?? undefined, limit }),
    );
  }
  member(group: Id, user: Id): Promise<{ member: Member; user: User }> {
    return this.rest.call("GET", `/api/groups/${group}/members/${user}`);
  }
  /** By the beginning of a name or nickname. */
  searchMembers(group: Id, typed: string, limit = 10): Promise<MemberPage> {
    return this.rest.call("GET", withQuery(`/api/groups/${group}/members/search`, { q: typed, limit }));
  }
  /** Those online first, by their highest hoisted role, then the others. */
  roster(group: Id, after: string | null, limit = 100): Promise<RosterPage> {
    return this.rest.call(
      "GET",
      withQuery(`/api/groups/${group}/roster`, { after: after ?? undefined, limit }),
    );
  }
  setNickname(group: Id, user: Id | "@me", nickname: string | null, reason?: string): Promise<Member> {
    return this.rest.call("PATCH", withQuery(`/api/groups/${group}/members/${user}`, { reason }), {
      nickname,
    });
  }
  removeMember(group: Id, user: Id | "@me", reason?: string): Promise<void> {
    return this.rest.call("DELETE", withQuery(`/api/groups/${group}/members/${user}`, { reason }));
  }

  // -------------------------------------------------------------------------------------------------------- invitations

  acceptInvite(code: string): Promise<{ view: GroupView; channel_id: Id | null }> {
    return this.rest.call("POST", `/api/invites/${encodeURIComponent(code)}/accept`, {});
  }
  invites(group: Id): Promise<{ invites: Invite[] }> {
    return this.rest.call("GET", `/api/groups/${group}/invites`);
  }
  createInvite(
    group: Id,
    terms: { channel_id?: Id; expires_in_s?: number; max_uses?: number },
  ): Promise<Invite> {
    return this.rest.call("POST", `/api/groups/${group}/invites`, terms);
  }
  mailInvite(group: Id, email: string, channel?: Id): Promise<Invite> {
    return this.rest.call("POST", `/api/groups/${group}/invites/email`, {
      email,
      ...(channel === undefined ? {} : { channel_id: channel }),
    });
  }
  withdrawInvite(code: string): Promise<void> {
    return this.rest.call("DELETE", `/api/invites/${encodeURIComponent(code)}`);
  }
  addByName(group: Id, username: string): Promise<Addition> {
    return this.rest.call("POST", `/api/groups/${group}/additions`, { username });
  }
  pendingAdditions(group: Id): Promise<{ additions: Addition[]; users: User[] }> {
    return this.rest.call("GET", `/api/groups/${group}/additions`);
  }
  withdrawAddition(id: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/additions/${id}`);
  }

  // ---------------------------------------------------------------------------------------------------------- messages

  messages(channel: Id, at: PageAt, limit = 50): Promise<MessagePage> {
    return this.rest.call("GET", withQuery(`/api/channels/${channel}/messages`, { ...at, limit }));
  }
  message(channel: Id, message: Id): Promise<Written> {
    return this.rest.call("GET", `/api/channels/${channel}/messages/${message}`);
  }
  /** As `message.create` of the gateway, for a channel that is not in view. */
  writeMessage(
    channel: Id,
    fields: { nonce: string; sections: SectionInput[]; allowed_mentions?: AllowedMentions },
  ): Promise<Written> {
    return this.rest.call("POST", `/api/channels/${channel}/messages`, fields);
  }
  deleteMessage(channel: Id, message: Id, reason?: string): Promise<void> {
    return this.rest.call("DELETE", withQuery(`/api/channels/${channel}/messages/${message}`, { reason }));
  }
  bulkDelete(channel: Id, messages: readonly Id[], reason?: string): Promise<{ deleted: Id[] }> {
    return this.rest.call("POST", withQuery(`/api/channels/${channel}/messages/bulk-delete`, { reason }), {
      message_ids: messages,
    });
  }
  edits(channel: Id, message: Id): Promise<{ edits: Edit[] }> {
    return this.rest.call("GET", `/api/channels/${channel}/messages/${message}/edits`);
  }
  origin(channel: Id, message: Id): Promise<Origin> {
    return this.rest.call("GET", `/api/channels/${channel}/messages/${message}/origin`);
  }
  /** Of one's own message, for good. */
  removePreviews(channel: Id, message: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/channels/${channel}/messages/${message}/previews`);
  }
  reactors(
    channel: Id,
    message: Id,
    emoji: string,
    after: Id | null,
    limit = 50,
  ): Promise<{ users: User[]; has_more: boolean }> {
    const path = `/api/channels/${channel}/messages/${message}/reactions/${encodeURIComponent(emoji)}`;
    return this.rest.call("GET", withQuery(path, { after: after ?? undefined, limit }));
  }
  /** Takes somebody else's reaction away. */
  removeReaction(channel: Id, message: Id, emoji: string, user: Id, reason?: string): Promise<void> {
    const path = `/api/channels/${channel}/messages/${message}/reactions/${encodeURIComponent(emoji)}/${user}`;
    return this.rest.call("DELETE", withQuery(path, { reason }));
  }
  report(channel: Id, message: Id, reason: string): Promise<{ id: Id }> {
    return this.rest.call("POST", `/api/channels/${channel}/messages/${message}/report`, { reason });
  }
  pins(channel: Id): Promise<MessagePage> {
    return this.rest.call("GET", `/api/channels/${channel}/pins`);
  }
  pin(channel: Id, message: Id): Promise<void> {
    return this.rest.call("PUT", `/api/channels/${channel}/pins/${message}`);
  }
  unpin(channel: Id, message: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/channels/${channel}/pins/${message}`);
  }
  moveCursor(channel: Id, message: Id, unread: boolean): Promise<Cursor> {
    return this.rest.call("PUT", `/api/channels/${channel}/cursor`, { message_id: message, unread });
  }
  search(typed: string, within: { group?: Id; channel?: Id; before?: Id }, limit = 25): Promise<SearchPage> {
    return this.rest.call("GET", withQuery("/api/search", { q: typed, ...within, limit }));
  }
  fileLinks(ids: readonly Id[]): Promise<FileLinks> {
    return this.rest.call("POST", "/api/files/links", { file_ids: ids });
  }
}
