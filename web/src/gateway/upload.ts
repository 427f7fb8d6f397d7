/** Sends the bytes of a file, tells how far it is, and goes on where a connection broke. `fetch` cannot tell that; XMLHttpRequest can. */

import { networkError, RequestError } from "../lib/errors";
import type { ErrorBody, UploadedFile, UploadState } from "./protocol";
import { withQuery } from "./rest";

export interface UploadOptions {
  /** Spoken as a message. */
  voice?: boolean;
}

type Token = (fresh: boolean) => Promise<string>;
type Progress = (share: number) => void;

export type Upload = (
  file: Blob,
  name: string,
  token: Token,
  onProgress: Progress,
  signal: AbortSignal,
  options?: UploadOptions,
) => Promise<UploadedFile>;

/** What is smaller goes in one request. */
const IN_PARTS_BYTES = 2_000_000;
/** Of one request, so that a proxy lets it through. */
const PART_BYTES = 8_000_000;
/** Tries without a byte coming through. */
const TRIES = 8;
const WAIT_MS = 500;
const WAIT_MAX_MS = 15_000;

export const upload: Upload = (file, name, token, onProgress, signal, options = {}) => {
  const send = sender(token, signal);
  const voice = options.voice ?? false;
  if (file.size >= IN_PARTS_BYTES) {
    const begin = { name, size_bytes: file.size, voice };
    return new InParts(file, send, onProgress, signal).run(begin, () =>
      sender(token, new AbortController().signal),
    );
  }
  const path = withQuery("/api/files", { name, voice: voice ? "true" : undefined });
  return send<UploadedFile>("POST", path, file, (sent) => onProgress(file.size === 0 ? 0 : sent / file.size));
};

class InParts {
  #tries = 0;

  constructor(
    private readonly file: Blob,
    private readonly send: Send,
    private readonly onProgress: Progress,
    private readonly signal: AbortSignal,
  ) {}

  async run(begin: object, anew: () => Send): Promise<UploadedFile> {
    const { upload_id } = await this.send<UploadState>("POST", "/api/uploads", begin);
    const path = `/api/uploads/${upload_id}`;
    try {
      let offset = 0;
      while (offset < this.file.size) offset = await this.#part(path, offset);
      return await this.#finish(path);
    } catch (error) {
      if (this.signal.aborted) anew()("DELETE", path).catch(() => undefined); // it would expire by itself
      throw error;
    }
  }

  /** Where to go on. */
  async #part(path: string, from: number): Promise<number> {
    const part = this.file.slice(from, from + PART_BYTES);
    const tell = (sent: number): void => this.onProgress((from + sent) / this.file.size);
    let offset = from;
    try {
      offset = (await this.send<UploadState>("PATCH", `${path}?offset=${from}`, part, tell)).offset_bytes;
    } catch (error) {
      await this.#mayTryAgain(error);
      try {
        offset = (await this.send<UploadState>("GET", path)).offset_bytes;
      } catch (failed) {
        if (!mayPass(failed)) throw failed;
      }
    }
    if (offset > from) this.#tries = 0;
    return offset;
  }

  async #finish(path: string): Promise<UploadedFile> {
    for (;;) {
      try {
        return await this.send<UploadedFile>("POST", `${path}/finish`);
      } catch (error) {
        await this.#mayTryAgain(error);
      }
    }
  }

  async #mayTryAgain(error: unknown): Promise<void> {
    if (!mayPass(error) || this.signal.aborted || this.#tries >= TRIES) throw error;
    const waitMs = Math.max(error.retryAfterMs, Math.min(WAIT_MAX_MS, WAIT_MS * 2 ** this.#tries));
    this.#tries += 1;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, waitMs);
      this.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    if (this.signal.aborted) throw cancelled();
  }
}

/** Whether the same request may do better in a moment. */
function mayPass(error: unknown): error is RequestError {
  if (!(error instanceof RequestError)) return false;
  return error.isNetwork || error.status >= 500 || ["rate_limited", "offset_mismatch"].includes(error.code);
}

type Send = <T>(
  method: string,
  path: string,
  body?: Blob | object,
  onSent?: (bytes: number) => void,
) => Promise<T>;

function sender(token: Token, signal: AbortSignal): Send {
  return async <T>(method: string, path: string, body?: Blob | object, onSent?: (bytes: number) => void) => {
    const attempt = async (fresh: boolean): Promise<T> =>
      request<T>(method, path, await token(fresh), body, onSent, signal);
    try {
      return await attempt(false);
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 401 || signal.aborted) throw error;
      return attempt(true);
    }
  };
}

function request<T>(
  method: string,
  path: string,
  token: string,
  body: Blob | object | undefined,
  onSent: ((bytes: number) => void) | undefined,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled());
    const http = new XMLHttpRequest();
    http.open(method, path);
    http.setRequestHeader("Authorization", `Bearer ${token}`);
    if (onSent) http.upload.onprogress = ({ loaded }) => onSent(loaded);
    http.onload = () => {
      const answer = parse(http.responseText);
      if (http.status >= 200 && http.status < 300) resolve(answer as T);
      else reject(failure(http.status, (answer as { error?: ErrorBody } | null)?.error));
    };
    http.onerror = () => reject(networkError());
    http.onabort = () => reject(cancelled());
    signal.addEventListener("abort", () => http.abort(), { once: true });
    if (body instanceof Blob) {
      http.setRequestHeader("Content-Type", body.type || "application/octet-stream");
      http.send(body);
    } else if (body === undefined) {
      http.send();
    } else {
      http.setRequestHeader("Content-Type", "application/json");
      http.send(JSON.stringify(body));
    }
  });
}

const cancelled = (): RequestError => new RequestError("cancelled", "The upload was cancelled.");

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function failure(status: number, error: ErrorBody | undefined): RequestError {
  if (error) return new RequestError(error.code, error.message, error.data ?? {}, status);
  return status >= 502 ? networkError() : new RequestError("unexpected", `HTTP ${status}`, {}, status);
}
