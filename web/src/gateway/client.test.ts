import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "../../test/fakeSocket";
import { boris, message, ready } from "../../test/samples";
import { RequestError } from "../lib/errors";
import { GatewayClient, type GatewayHooks } from "./client";

const created = { type: "message.create", message: message("101"), author: boris };

function setUp(token: (fresh: boolean) => Promise<string> = () => Promise.resolve("token")) {
  const hooks = {
    ready: vi.fn<GatewayHooks["ready"]>(),
    event: vi.fn<GatewayHooks["event"]>(),
    resumed: vi.fn<GatewayHooks["resumed"]>(),
    state: vi.fn<GatewayHooks["state"]>(),
    loggedOut: vi.fn<GatewayHooks["loggedOut"]>(),
  };
  const client = new GatewayClient({
    hooks,
    openSocket: () => new FakeSocket() as unknown as WebSocket,
    token,
    random: () => 1,
  });
  return { client, hooks };
}

/** Lets promises run; no timer moves. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

async function hello(intervalMs = 25_000): Promise<FakeSocket> {
  const socket = FakeSocket.last;
  socket.deliver({ type: "hello", heartbeat_interval_ms: intervalMs, identify_within_ms: 10_000 });
  await settle();
  return socket;
}

async function connected() {
  const all = setUp();
  all.client.start();
  const socket = await hello();
  socket.deliver(ready());
  return { ...all, socket };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe("opening", () => {
  it("identifies with the token and hands the snapshot on", async () => {
    const { client, hooks, socket } = await connected();
    expect(socket.sent[0]).toEqual({ type: "identify", token: "token" });
    expect(hooks.ready).toHaveBeenCalledOnce();
    expect(client.state).toBe("connected");
  });

  it("asks to log in when the token cannot be renewed", async () => {
    const { client, hooks } = setUp(() => Promise.reject(new RequestError("unauthenticated", "", {}, 401)));
    client.start();
    await hello();
    expect(hooks.loggedOut).toHaveBeenCalledOnce();
    expect(client.state).toBe("closed");
  });

  it("keeps trying when the token cannot be fetched for the moment", async () => {
    const { client, hooks } = setUp(() => Promise.reject(new RequestError("network", "")));
    client.start();
    await hello();
    expect(hooks.loggedOut).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("gives up a socket that never says hello", async () => {
    const { client } = setUp();
    client.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSocket.last.closedWith).toBe(4100);
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.made).toHaveLength(2);
  });
});

describe("counting and resuming", () => {
  it("counts events of every type, known or not, and nothing else", async () => {
    const { client, socket, hooks } = await connected();
    socket.deliver(created);
    socket.deliver({ type: "some.future.event", what: 1 });
    socket.deliver({ type: "reply", id: 99, result: {} });
    socket.deliver({ type: "error", id: null, error: { code: "x", message: "x" } });
    socket.deliver({ type: "heartbeat_ack", sent: 2 });
    socket.deliver({ type: "drain", reconnect_after_ms: 5 });
    expect(client.received).toBe(2);
    expect(hooks.event).toHaveBeenCalledTimes(2);
  });

  it("resumes with its count, counts what is replayed, and goes on", async () => {
    const { client, hooks, socket } = await connected();
    socket.deliver(created);
    socket.end(1006);
    expect(client.state).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(500);
    const second = await hello();
    expect(second.sent[0]).toEqual({ type: "resume", token: "token", session: "s1", received: 1 });
    second.deliver(created);
    second.deliver({ type: "resumed", replayed: 1 });
    expect(client.received).toBe(2);
    expect(hooks.resumed).toHaveBeenCalledOnce();
    expect(hooks.ready).toHaveBeenCalledOnce();
    expect(client.state).toBe("connected");
  });

  it("identifies on the same socket after not_resumed, and counts from the new snapshot", async () => {
    const { client, hooks, socket } = await connected();
    socket.deliver(created);
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(500);
    const second = await hello();
    second.deliver({ type: "not_resumed" });
    await settle();
    expect(second.lastSent).toEqual({ type: "identify", token: "token" });
    second.deliver(ready({ session: "s2" }));
    expect(client.received).toBe(0);
    expect(hooks.ready).toHaveBeenCalledTimes(2);
  });

  it("closes and resumes at once when the server counts otherwise", async () => {
    const { socket } = await connected();
    socket.deliver(created);
    socket.deliver({ type: "heartbeat_ack", sent: 3 });
    expect(socket.closedWith).toBe(4100);
    await vi.advanceTimersByTimeAsync(0);
    const second = await hello();
    expect(second.sent[0]).toMatchObject({ type: "resume", received: 1 });
  });
});

describe("heartbeat", () => {
  it("beats after a random part of the interval, then every interval", async () => {
    const { socket } = await connected();
    await vi.advanceTimersByTimeAsync(24_999);
    expect(socket.lastSent).toMatchObject({ type: "identify" });
    await vi.advanceTimersByTimeAsync(1);
    expect(socket.lastSent).toEqual({ type: "heartbeat", received: 0 });
    socket.deliver({ type: "heartbeat_ack", sent: 0 });
    await vi.advanceTimersByTimeAsync(25_000);
    expect(socket.sent.filter((frame) => frame["type"] === "heartbeat")).toHaveLength(2);
  });

  it("resumes when no answer comes within ten seconds", async () => {
    const { client, socket } = await connected();
    await vi.advanceTimersByTimeAsync(25_000 + 9_999);
    expect(client.state).toBe("connected");
    await vi.advanceTimersByTimeAsync(1);
    expect(socket.closedWith).toBe(4100);
    expect(client.state).toBe("reconnecting");
  });

  it("asks whether the socket lives when the page is looked at again", async () => {
    const { client, socket } = await connected();
    client.nudge();
    expect(socket.lastSent).toEqual({ type: "heartbeat", received: 0 });
  });
});

describe("coming back", () => {
  it("doubles its waits up to thirty seconds, and begins anew after success", async () => {
    const { socket } = await connected();
    socket.end(1006);
    for (const waitMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = FakeSocket.made.length;
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      expect(FakeSocket.made).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(FakeSocket.made).toHaveLength(before + 1);
      FakeSocket.last.end(1006);
    }
    await vi.advanceTimersByTimeAsync(30_000);
    const back = await hello();
    back.deliver({ type: "resumed", replayed: 0 });
    back.end(1006);
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.last).not.toBe(back);
  });

  it("waits as long as a drain says", async () => {
    const { socket } = await connected();
    socket.deliver({ type: "drain", reconnect_after_ms: 1_370 });
    socket.end(4012);
    await vi.advanceTimersByTimeAsync(1_369);
    expect(FakeSocket.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it.each([
    [4008, 5_000],
    [4013, 60_000],
  ])("after close code %i waits %i ms", async (code, waitMs) => {
    const { socket } = await connected();
    socket.end(code);
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(FakeSocket.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it.each([1009, 4002])("after close code %i identifies anew", async (code) => {
    const { socket } = await connected();
    socket.end(code);
    await vi.advanceTimersByTimeAsync(500);
    expect((await hello()).sent[0]).toEqual({ type: "identify", token: "token" });
  });

  it("renews the token when it was not good", async () => {
    const token = vi.fn((fresh: boolean) => Promise.resolve(fresh ? "new" : "old"));
    const { client } = setUp(token);
    client.start();
    (await hello()).end(4004);
    await vi.advanceTimersByTimeAsync(500);
    expect((await hello()).sent[0]).toEqual({ type: "identify", token: "new" });
  });

  it("is logged out when the session was revoked", async () => {
    const { client, hooks, socket } = await connected();
    socket.end(4011);
    expect(hooks.loggedOut).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.state).toBe("closed");
    expect(FakeSocket.made).toHaveLength(1);
  });

  it("does not wait out the back-off when the network is back", async () => {
    const { client, socket } = await connected();
    client.networkLost();
    expect(client.state).toBe("reconnecting");
    expect(socket.closedWith).toBe(4100);
    client.nudge();
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("stays away after stop", async () => {
    const { client, socket } = await connected();
    client.stop();
    expect(socket.closedWith).toBe(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.made).toHaveLength(1);
  });
});

describe("requests", () => {
  it("matches answers to questions", async () => {
    const { client, socket } = await connected();
    const first = client.request("typing.start", { channel_id: "11" });
    const second = client.request("cursor.move", { channel_id: "11", message_id: "5" });
    const [one, two] = socket.sent.slice(-2).map((frame) => frame["id"]);
    expect(one).not.toBe(two);
    socket.deliver({ type: "reply", id: two, result: { channel_id: "11", last_read_id: "5", unread: 0 } });
    socket.deliver({ type: "reply", id: one, result: {} });
    await expect(first).resolves.toEqual({});
    await expect(second).resolves.toMatchObject({ last_read_id: "5" });
  });

  it("rejects with the server's code, words and data", async () => {
    const { client, socket } = await connected();
    const asked = client.request("typing.start", { channel_id: "11" });
    const error = { code: "rate_limited", message: "Slow down.", data: { retry_after_s: 2 } };
    socket.deliver({ type: "error", id: socket.lastSent["id"], error });
    await expect(asked).rejects.toMatchObject({
      code: "rate_limited",
      message: "Slow down.",
      retryAfterMs: 2_000,
    });
  });

  it("rejects at once while there is no connection, and when it breaks", async () => {
    const { client, socket } = await connected();
    const asked = client.request("typing.start", { channel_id: "11" });
    socket.end(1006);
    await expect(asked).rejects.toMatchObject({ code: "network" });
    await expect(client.request("typing.start", { channel_id: "11" })).rejects.toMatchObject({
      code: "network",
    });
  });

  it("does not wait for ever", async () => {
    const { client } = await connected();
    const asked = client.request("typing.start", { channel_id: "11" });
    const outcome = expect(asked).rejects.toMatchObject({ code: "timeout" });
    await vi.advanceTimersByTimeAsync(15_000);
    await outcome;
  });
});
