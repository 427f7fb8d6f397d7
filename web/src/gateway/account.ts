/** REST for one's own account: log-ins, password, mail address; and the links that come by mail. */

import { fetchJson } from "./auth";
import type { Id, Me } from "./protocol";
import type { Rest } from "./rest";

export interface LogIn {
  id: Id;
  /** As in "Firefox on Linux"; may be empty. */
  device: string;
  address: string;
  created_ms: number;
  used_ms: number;
  current: boolean;
}

export interface EmailState {
  email: string | null;
  /** One that waits to be confirmed. */
  pending: string | null;
}

export interface PasswordAdvice {
  /** 0 (guessed at once) to 4 (hardly ever). */
  score: number;
  /** The code with which it would be refused. */
  refused: string | null;
}

const ME = "/api/users/@me";

export class AccountApi {
  constructor(private readonly rest: Rest) {}

  logIns(): Promise<{ sessions: LogIn[] }> {
    return this.rest.call("GET", `${ME}/sessions`);
  }
  endLogIn(id: Id): Promise<void> {
    return this.rest.call("DELETE", `${ME}/sessions/${id}`);
  }
  endOtherLogIns(): Promise<void> {
    return this.rest.call("DELETE", `${ME}/sessions`);
  }
  changePassword(password: string, endOthers: boolean): Promise<void> {
    return this.rest.call("PUT", `${ME}/password`, { password, end_others: endOthers });
  }
  email(): Promise<EmailState> {
    return this.rest.call("GET", `${ME}/email`);
  }
  setEmail(email: string): Promise<EmailState> {
    return this.rest.call("PUT", `${ME}/email`, { email });
  }
  resendEmail(): Promise<EmailState> {
    return this.rest.call("POST", `${ME}/email/resend`);
  }
  removeEmail(): Promise<void> {
    return this.rest.call("DELETE", `${ME}/email`);
  }

  // ------------------------------------------------------------------------------------------------------------- leaving

  deactivate(): Promise<void> {
    return this.rest.call("POST", `${ME}/deactivate`);
  }
  endAccount(messages: "keep" | "delete"): Promise<{ delete_after_ms: number }> {
    return this.rest.call("POST", `${ME}/deletion`, { messages });
  }
  /** Calls the end off. */
  keepAccount(): Promise<Me> {
    return this.rest.call("DELETE", `${ME}/deletion`);
  }

  // ------------------------------------------------------------------------------------------------ without a log-in

  passwordAdvice(password: string, username: string): Promise<PasswordAdvice> {
    return this.#open("/api/auth/password-advice", { password, username });
  }
  verifyEmail(token: string): Promise<void> {
    return this.#open("/api/auth/verify", { token });
  }
  /** The answer is the same whether the address is an account's or not. */
  askRecovery(email: string): Promise<void> {
    return this.#open("/api/auth/recover", { email });
  }
  recoverable(token: string): Promise<{ usernames: string[] }> {
    return this.#open("/api/auth/recover/look", { token });
  }
  recover(token: string, username: string, password: string): Promise<void> {
    return this.#open("/api/auth/recover/finish", { token, username, password });
  }

  #open<T>(path: string, body: unknown): Promise<T> {
    return fetchJson(this.rest.send, path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }
}
