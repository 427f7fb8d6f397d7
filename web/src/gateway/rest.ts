/** One REST call, with the access token renewed when it has run out. */

import { RequestError } from "../lib/errors";
import { type Auth, type Fetch, fetchJson } from "./auth";

type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with what is given of a query. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

export class Rest {
  constructor(
    private readonly auth: Auth,
    readonly send: Fetch = (path, init) => fetch(path, init),
  ) {}

  /** JSON in and out; rejects with a RequestError. */
  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const content: RequestInit =
      body === undefined
        ? {}
        : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    return this.#authorised((token) =>
      fetchJson<T>(this.send, path, { method, ...content, headers: bearer(token, content.headers) }),
    );
  }

  /** Bytes in, JSON out. */
  put<T>(method: string, path: string, bytes: Blob): Promise<T> {
    const type = { "Content-Type": bytes.type || "application/octet-stream" };
    return this.#authorised((token) =>
      fetchJson<T>(this.send, path, { method, body: bytes, headers: bearer(token, type) }),
    );
  }

  /** The bytes behind a path. */
  bytes(path: string): Promise<Blob> {
    return this.#authorised(async (token) => {
      const response = await this.send(path, { headers: bearer(token) }).catch(() => null);
      if (response === null) throw new RequestError("network", "The server cannot be reached.");
      if (!response.ok) throw new RequestError("unexpected", `HTTP ${response.status}`, {}, response.status);
      return response.blob();
    });
  }

  token(fresh = false): Promise<string> {
    return this.auth.token(fresh);
  }

  async #authorised<T>(attempt: (token: string) => Promise<T>): Promise<T> {
    try {
      return await attempt(await this.auth.token(false));
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 401) throw error;
      return attempt(await this.auth.token(true));
    }
  }
}

function bearer(token: string, headers: HeadersInit = {}): HeadersInit {
  return { ...headers, Authorization: `Bearer ${token}` };
}
