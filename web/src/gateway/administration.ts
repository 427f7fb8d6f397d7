/** REST for those who look after a group: roles, overwrites, order, emoji, bans, safety, filters, reports, the audit log. */

import type {
  AuditPage,
  Ban,
  BanPage,
  Channel,
  Emoji,
  FilterAction,
  Group,
  Id,
  Member,
  Overwrite,
  Report,
  ReportPage,
  ReportState,
  Role,
  Safety,
  WordFilter,
} from "./protocol";
import { type Rest, withQuery } from "./rest";

export interface RoleFields {
  name: string;
  permissions?: number;
  position?: number;
  colour?: number | null;
  hoisted?: boolean;
  mentionable?: boolean;
}
export interface FilterFields {
  name: string;
  words: string[];
  action: FilterAction;
  time_out_s?: number;
  exempt_role_ids?: Id[];
}
export interface ReportsAt {
  state?: ReportState;
  before?: Id;
  limit?: number;
}

/** Every `reason` is for the audit log. */
export class Administration {
  constructor(private readonly rest: Rest) {}

  transferGroup(group: Id, user: Id, reason?: string): Promise<Group> {
    return this.rest.call("PUT", withQuery(`/api/groups/${group}/owner`, { reason }), { user_id: user });
  }
  /** All that one may view, from the top. */
  orderChannels(
    group: Id,
    channels: readonly { id: Id; category_id: Id | null }[],
    reason?: string,
  ): Promise<{ channels: Channel[] }> {
    return this.rest.call("PUT", withQuery(`/api/groups/${group}/channels/order`, { reason }), { channels });
  }
  setOverwrite(
    channel: Id,
    { target, target_id, allow, deny }: Overwrite,
    reason?: string,
  ): Promise<Channel> {
    const path = `/api/channels/${channel}/overwrites/${target}/${target_id}`;
    return this.rest.call("PUT", withQuery(path, { reason }), { allow, deny });
  }
  deleteOverwrite(channel: Id, target: Overwrite["target"], id: Id, reason?: string): Promise<Channel> {
    return this.rest.call(
      "DELETE",
      withQuery(`/api/channels/${channel}/overwrites/${target}/${id}`, { reason }),
    );
  }

  // ------------------------------------------------------------------------------------------------------------- roles

  createRole(group: Id, fields: RoleFields, reason?: string): Promise<Role> {
    return this.rest.call("POST", withQuery(`/api/groups/${group}/roles`, { reason }), fields);
  }
  /** All but everyone's, highest first. */
  orderRoles(group: Id, roles: readonly Id[], reason?: string): Promise<{ roles: Role[] }> {
    return this.rest.call("PUT", withQuery(`/api/groups/${group}/roles/order`, { reason }), {
      role_ids: roles,
    });
  }
  updateRole(group: Id, role: Id, change: Partial<RoleFields>, reason?: string): Promise<Role> {
    return this.rest.call("PATCH", withQuery(`/api/groups/${group}/roles/${role}`, { reason }), change);
  }
  deleteRole(group: Id, role: Id, reason?: string): Promise<void> {
    return this.rest.call("DELETE", withQuery(`/api/groups/${group}/roles/${role}`, { reason }));
  }
  giveRole(group: Id, user: Id, role: Id, reason?: string): Promise<Member> {
    return this.rest.call("PUT", withQuery(`/api/groups/${group}/members/${user}/roles/${role}`, { reason }));
  }
  takeRole(group: Id, user: Id, role: Id, reason?: string): Promise<Member> {
    return this.rest.call(
      "DELETE",
      withQuery(`/api/groups/${group}/members/${user}/roles/${role}`, { reason }),
    );
  }

  // ------------------------------------------------------------------------------------------------------- moderation

  timeOut(group: Id, user: Id, untilMs: number | null, reason?: string): Promise<Member> {
    return this.rest.call("PUT", withQuery(`/api/groups/${group}/members/${user}/time-out`, { reason }), {
      until_ms: untilMs,
    });
  }
  bans(group: Id, after: Id | null, limit = 100): Promise<BanPage> {
    return this.rest.call(
      "GET",
      withQuery(`/api/groups/${group}/bans`, { after: after ?? undefined, limit }),
    );
  }
  ban(group: Id, user: Id, deleteMessagesS: number, reason?: string): Promise<Ban> {
    return this.rest.call(
      "PUT",
      withQuery(`/api/groups/${group}/bans/${user}`, { reason }),
      deleteMessagesS > 0 ? { delete_messages_s: deleteMessagesS } : {},
    );
  }
  unban(group: Id, user: Id, reason?: string): Promise<void> {
    return this.rest.call("DELETE", withQuery(`/api/groups/${group}/bans/${user}`, { reason }));
  }
  safety(group: Id): Promise<Safety> {
    return this.rest.call("GET", `/api/groups/${group}/safety`);
  }
  setSafety(group: Id, change: Partial<Omit<Safety, "group_id">>, reason?: string): Promise<Safety> {
    return this.rest.call("PATCH", withQuery(`/api/groups/${group}/safety`, { reason }), change);
  }
  filters(group: Id): Promise<{ filters: WordFilter[] }> {
    return this.rest.call("GET", `/api/groups/${group}/filters`);
  }
  createFilter(group: Id, fields: FilterFields, reason?: string): Promise<WordFilter> {
    return this.rest.call("POST", withQuery(`/api/groups/${group}/filters`, { reason }), fields);
  }
  updateFilter(group: Id, filter: Id, change: Partial<FilterFields>, reason?: string): Promise<WordFilter> {
    return this.rest.call("PATCH", withQuery(`/api/groups/${group}/filters/${filter}`, { reason }), change);
  }
  deleteFilter(group: Id, filter: Id, reason?: string): Promise<void> {
    return this.rest.call("DELETE", withQuery(`/api/groups/${group}/filters/${filter}`, { reason }));
  }
  reports(group: Id, at: ReportsAt = {}): Promise<ReportPage> {
    return this.rest.call("GET", withQuery(`/api/groups/${group}/reports`, { ...at }));
  }
  /** Those of conversations, for operators. */
  conversationReports(at: ReportsAt = {}): Promise<ReportPage> {
    return this.rest.call("GET", withQuery("/api/reports", { ...at }));
  }
  handleReport(report: Id, state: "resolved" | "dismissed", note: string, reason?: string): Promise<Report> {
    return this.rest.call("PATCH", withQuery(`/api/reports/${report}`, { reason }), {
      state,
      ...(note === "" ? {} : { note }),
    });
  }
  audit(
    group: Id,
    at: { actor?: Id; action?: string; target?: string; before?: Id; limit?: number } = {},
  ): Promise<AuditPage> {
    return this.rest.call("GET", withQuery(`/api/groups/${group}/audit`, { ...at }));
  }

  // ------------------------------------------------------------------------------------------------------------- emoji

  createEmoji(group: Id, name: string, image: Blob, reason?: string): Promise<Emoji> {
    return this.rest.put("POST", withQuery(`/api/groups/${group}/emojis`, { name, reason }), image);
  }
  renameEmoji(group: Id, emoji: Id, name: string, reason?: string): Promise<Emoji> {
    return this.rest.call("PATCH", withQuery(`/api/groups/${group}/emojis/${emoji}`, { reason }), { name });
  }
  deleteEmoji(group: Id, emoji: Id, reason?: string): Promise<void> {
    return this.rest.call("DELETE", withQuery(`/api/groups/${group}/emojis/${emoji}`, { reason }));
  }
}
