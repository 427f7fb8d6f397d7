/** Who is logged in. The access token lives in memory alone; the refresh token is a cookie that scripts cannot see. */

import { asRequestError, networkError, RequestError } from "../lib/errors";
import type { PasskeyAnswer, PasskeyQuestion } from "../lib/passkeys";
import type { FactorTicket, ShownFactor } from "./factors";
import type { ErrorBody, Me, Session } from "./protocol";

/** A token this close to its end is renewed first. */
const MARGIN_MS = 60_000;
const LOCK = "parley-refresh";

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Sends JSON and reads JSON; every failure is a RequestError. */
export async function fetchJson<T>(send: Fetch, path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await send(path, { credentials: "same-origin", ...init });
  } catch {
    throw networkError();
  }
  const text = await response.text().catch(() => "");
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (response.ok) return body as T;
  const error = (body as { error?: ErrorBody } | undefined)?.error;
  // A proxy in front answers without our error body when the server behind it is away.
  if (!error)
    throw response.status >= 502
      ? networkError()
      : new RequestError("unexpected", `HTTP ${response.status}`, {}, response.status);
  throw new RequestError(error.code, error.message, error.data ?? {}, response.status);
}

export interface SignUpMore {
  email?: string;
  /** Code of an invitation, which is accepted with it. */
  invite?: string;
  owner_token?: string;
}

export interface AuthOptions {
  fetch?: Fetch;
  now?: () => number;
  /** Runs one refresh at a time over all tabs: two at once would spend the same cookie twice. */
  exclusive?: <T>(work: () => Promise<T>) => Promise<T>;
}

function webLock<T>(work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? (locks.request(LOCK, work) as Promise<T>) : work();
}

export class Auth {
  readonly #fetch: Fetch;
  readonly #now: () => number;
  readonly #exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  #token: string | null = null;
  #goodUntilMs = 0;
  #refreshing: Promise<Session> | null = null;

  constructor(options: AuthOptions = {}) {
    this.#fetch = options.fetch ?? ((path, init) => fetch(path, init));
    this.#now = options.now ?? Date.now;
    this.#exclusive = options.exclusive ?? webLock;
  }

  async signUp(username: string, password: string, more: SignUpMore = {}): Promise<Me> {
    const body = { username, password, ...more };
    return this.#keep(await this.#post<Session>("/api/auth/signup", body)).me;
  }

  /** Who one is, or a ticket where a second factor is wanted. */
  async logIn(username: string, password: string): Promise<Me | FactorTicket> {
    const answer = await this.#post<Session | { factor: FactorTicket }>("/api/auth/login", {
      username,
      password,
    });
    return "factor" in answer ? answer.factor : this.#keep(answer).me;
  }

  async logInByFactor(ticket: string, shown: ShownFactor): Promise<Me> {
    return this.#keep(await this.#post<Session>("/api/auth/login/factor", { ticket, ...shown })).me;
  }

  factorQuestion(ticket: string): Promise<PasskeyQuestion> {
    return this.#post("/api/auth/login/factor/passkey", { ticket });
  }

  passkeyQuestion(): Promise<PasskeyQuestion> {
    return this.#post("/api/auth/passkey/challenge", {});
  }

  async logInByPasskey(passkey: PasskeyAnswer): Promise<Me> {
    return this.#keep(await this.#post<Session>("/api/auth/passkey", { passkey })).me;
  }

  async logOut(): Promise<void> {
    this.forget();
    await this.#exclusive(() => this.#post("/api/auth/logout", {}));
  }

  /** A new access token by the cookie; rejects with status 401 when there is no session. */
  refresh(): Promise<Session> {
    this.#refreshing ??= this.#exclusive(() => this.#post<Session>("/api/auth/refresh", {}))
      .then((session) => this.#keep(session))
      .catch((error: unknown) => {
        const failure = asRequestError(error);
        if (failure.status === 401) this.forget();
        throw failure;
      })
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  /** An access token that is good for a while. */
  async token(fresh = false): Promise<string> {
    if (!fresh && this.#token !== null && this.#now() < this.#goodUntilMs - MARGIN_MS) return this.#token;
    return (await this.refresh()).access_token;
  }

  forget(): void {
    this.#token = null;
    this.#goodUntilMs = 0;
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return fetchJson<T>(this.#fetch, path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  #keep(session: Session): Session {
    this.#token = session.access_token;
    this.#goodUntilMs = this.#now() + session.expires_in_s * 1000;
    return session;
  }
}
