/** REST for the operators of the server. */

import type { Announcement, Id, User } from "./protocol";
import { type Rest, withQuery } from "./rest";

export interface AccountLine {
  user: User;
  operator: boolean;
  /** Since when nobody comes in with it. */
  disabled_ms: number | null;
  sessions: number;
  files: number;
  files_bytes: number;
}
export interface Totals {
  accounts: number;
  disabled: number;
  groups: number;
  messages: number;
  files: number;
  files_bytes: number;
  sessions: number;
  open_reports: number;
  mails_waiting: number;
  database_bytes: number;
}
export interface Overview {
  version: string;
  uptime_s: number;
  /** Part of the server -> `ok`, or what is wrong with it. */
  health: Record<string, string>;
  totals: Totals;
  largest: AccountLine[];
}

export class Operators {
  constructor(private readonly rest: Rest) {}

  overview(): Promise<Overview> {
    return this.rest.call("GET", "/api/admin/overview");
  }
  /** `after`: the last user name of the page before. */
  accounts(
    query: string,
    after: string,
    limit: number,
  ): Promise<{ accounts: AccountLine[]; has_more: boolean }> {
    return this.rest.call("GET", withQuery("/api/admin/accounts", { query, after, limit }));
  }
  ban(account: Id, reason: string): Promise<void> {
    return this.rest.call("PUT", `/api/admin/accounts/${account}/ban`, { reason });
  }
  unban(account: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/admin/accounts/${account}/ban`);
  }
  resetFactors(account: Id): Promise<void> {
    return this.rest.call("DELETE", `/api/admin/accounts/${account}/factors`);
  }
  announce(text: string, untilMs: number | null): Promise<Announcement> {
    return this.rest.call("PUT", "/api/admin/announcement", { text, until_ms: untilMs });
  }
  takeBack(): Promise<void> {
    return this.rest.call("DELETE", "/api/admin/announcement");
  }
}
