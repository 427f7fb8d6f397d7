import { describe, expect, it, vi } from "vitest";
import { me } from "../../test/samples";
import { Api } from "./api";
import { Auth, type Fetch, fetchJson } from "./auth";

const session = (token: string) => ({ access_token: token, expires_in_s: 600, session_id: "9", me });
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const refused = (status: number, code: string): Response => json({ error: { code, message: code } }, status);
const alone = <T>(work: () => Promise<T>): Promise<T> => work();

function setUp(...answers: (Response | Error)[]) {
  const send = vi.fn<Fetch>(() => {
    const answer = answers.shift() ?? new Error("no more answers");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  let now = 0;
  const auth = new Auth({ fetch: send, now: () => now, exclusive: alone });
  return { auth, send, pass: (ms: number) => (now += ms) };
}

describe("tokens", () => {
  it("keeps the token until a minute before its end", async () => {
    const { auth, send, pass } = setUp(json(session("a")), json(session("b")));
    await auth.logIn("anna", "secret");
    pass(539_999);
    await expect(auth.token()).resolves.toBe("a");
    pass(1);
    await expect(auth.token()).resolves.toBe("b");
    expect(send.mock.calls.map(([path]) => path)).toEqual(["/api/auth/login", "/api/auth/refresh"]);
  });

  it("refreshes once for all who ask at the same time", async () => {
    const { auth, send } = setUp(json(session("a")));
    await expect(Promise.all([auth.token(), auth.token(), auth.token()])).resolves.toEqual(["a", "a", "a"]);
    expect(send).toHaveBeenCalledOnce();
  });

  it("forgets a token whose session is over, but not for a server that is away", async () => {
    const { auth, pass } = setUp(
      json(session("a")),
      new TypeError("failed"),
      refused(401, "session_revoked"),
    );
    await auth.refresh();
    await expect(auth.token(true)).rejects.toMatchObject({ code: "network" });
    await expect(auth.token()).resolves.toBe("a");
    await expect(auth.token(true)).rejects.toMatchObject({ status: 401 });
    pass(0);
    await expect(auth.token()).rejects.toMatchObject({ code: "network" });
  });
});

describe("fetchJson", () => {
  it("gives the body, and undefined for none", async () => {
    await expect(fetchJson(() => Promise.resolve(json({ a: 1 })), "/x")).resolves.toEqual({ a: 1 });
    const empty = new Response(null, { status: 204 });
    await expect(fetchJson(() => Promise.resolve(empty), "/x")).resolves.toBeUndefined();
  });

  it("takes a proxy's page for a server that cannot be reached", async () => {
    const page = new Response("<html>Bad gateway</html>", { status: 502 });
    await expect(fetchJson(() => Promise.resolve(page), "/x")).rejects.toMatchObject({ code: "network" });
  });
});

describe("api", () => {
  it("renews a token that the server no longer takes, and asks again once", async () => {
    const { auth, send } = setUp(
      json(session("a")),
      refused(401, "token_expired"),
      json(session("b")),
      json({ invites: [] }),
    );
    const api = new Api(auth, send);
    await expect(api.invites("10")).resolves.toEqual({ invites: [] });
    const tokens = send.mock.calls.map(([, init]) => new Headers(init?.headers).get("Authorization"));
    expect(tokens).toEqual([null, "Bearer a", null, "Bearer b"]);
  });

  it("escapes what comes from an address", async () => {
    const { auth, send } = setUp(json({}));
    await new Api(auth, send).invitePreview("../users/@me");
    expect(send.mock.calls[0]?.[0]).toBe("/api/invites/..%2Fusers%2F%40me");
  });
});
