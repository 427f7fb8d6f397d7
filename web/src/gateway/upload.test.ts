import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { upload } from "./upload";

interface Asked {
  method: string;
  path: string;
  bytes: number;
}

const LARGE = 9_000_000;

/** Answers as a server would that loses the line when it is told to. */
class Http {
  static asked: Asked[] = [];
  static came = 0;
  static lose: ((asked: Asked) => number | null) | null = null;
  upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null } = { onprogress: null };
  status = 0;
  responseText = "";
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  #method = "";
  #path = "";
  open(method: string, path: string): void {
    this.#method = method;
    this.#path = path;
  }
  setRequestHeader(): void {}
  abort(): void {
    this.onabort?.();
  }
  send(body?: Blob | string): void {
    const asked = { method: this.#method, path: this.#path, bytes: body instanceof Blob ? body.size : 0 };
    Http.asked.push(asked);
    queueMicrotask(() => {
      const lost = Http.lose?.(asked) ?? null;
      if (lost !== null) {
        Http.came += lost;
        this.onerror?.();
        return;
      }
      this.upload.onprogress?.({ loaded: asked.bytes, total: asked.bytes });
      if (asked.method === "PATCH") Http.came += asked.bytes;
      this.status = asked.method === "POST" ? 201 : 200;
      this.responseText = JSON.stringify(
        asked.path.endsWith("/finish") || asked.path.startsWith("/api/files")
          ? { file_id: "5", name: "a", media_type: "text/plain", size_bytes: 1 }
          : { upload_id: "5", offset_bytes: Http.came, size_bytes: LARGE, expires_ms: 0 },
      );
      this.onload?.();
    });
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", Http);
  Http.asked = [];
  Http.came = 0;
  Http.lose = null;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const token = () => Promise.resolve("token");
const large = () => new Blob([new Uint8Array(LARGE)]);
const steps = () => Http.asked.map(({ method, path }) => `${method} ${path.replace("/api/uploads", "")}`);

it("sends what is small in one request", async () => {
  const shares: number[] = [];
  await upload(new Blob(["abc"]), "a b", token, (share) => shares.push(share), new AbortController().signal, {
    voice: true,
  });
  expect(steps()).toEqual(["POST /api/files?name=a+b&voice=true"]);
  expect(shares).toEqual([1]);
});

it("sends what is large in parts", async () => {
  const shares: number[] = [];
  const made = await upload(large(), "a", token, (share) => shares.push(share), new AbortController().signal);
  expect(made.file_id).toBe("5");
  expect(steps()).toEqual(["POST ", "PATCH /5?offset=0", "PATCH /5?offset=8000000", "POST /5/finish"]);
  expect(shares).toEqual([8 / 9, 1]);
});

it("goes on where the line broke", async () => {
  let lines = 0;
  Http.lose = ({ method }) => {
    lines += 1;
    return method === "PATCH" && lines === 2 ? 3_000_000 : null;
  };
  const sent = upload(large(), "a", token, () => undefined, new AbortController().signal);
  await vi.runAllTimersAsync();
  await sent;
  expect(steps()).toEqual([
    "POST ",
    "PATCH /5?offset=0",
    "GET /5",
    "PATCH /5?offset=3000000",
    "POST /5/finish",
  ]);
});

it("gives up when nothing comes through for long", async () => {
  Http.lose = ({ method }) => (method === "PATCH" ? 0 : null);
  const sent = upload(large(), "a", token, () => undefined, new AbortController().signal);
  const failed = expect(sent).rejects.toMatchObject({ code: "network" });
  await vi.runAllTimersAsync();
  await failed;
  expect(Http.asked.filter(({ method }) => method === "PATCH")).toHaveLength(9);
});

it("takes back what is cancelled", async () => {
  const abort = new AbortController();
  Http.lose = ({ method }) => {
    if (method === "PATCH") abort.abort();
    return null;
  };
  const failed = expect(upload(large(), "a", token, () => undefined, abort.signal)).rejects.toMatchObject({
    code: "cancelled",
  });
  await vi.runAllTimersAsync();
  await failed;
  expect(steps().at(-1)).toBe("DELETE /5");
});
