import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { me, message, page, ready, textSection } from "../../test/samples";
import type { Channel, SendRequest } from "../gateway/protocol";
import { networkError, RequestError } from "../lib/errors";
import { drafts } from "./drafts";
import { beginLoad, emptyHistory, endLoad } from "./history";
import { GIVE_UP_MS, newNonce, Outbox } from "./outbox";
import { waitMs, waits } from "./slowMode";
import { applyReady, emptyWorld, type World } from "./world";

interface Asked {
  nonce: string;
  accept: (id: string) => void;
  refuse: (error: Error) => void;
}

function setUp() {
  const world = createStore<World>(() => ({
    ...applyReady(emptyWorld, ready()),
    histories: { "11": endLoad(beginLoad(emptyHistory, "page"), page([])) },
  }));
  const asked: Asked[] = [];
  const request = ((_: string, fields: { nonce: string }) =>
    new Promise((resolve, refuse) => {
      const accept = (id: string): void =>
        resolve({
          message: message(id, me.id, { nonce: fields.nonce }),
          author: me,
          member: null,
          users: [],
        });
      asked.push({ nonce: fields.nonce, accept, refuse });
    })) as unknown as SendRequest;
  const outbox = new Outbox(world, request);
  const waiting = () => world.getState().outbox["11"] ?? [];
  const shown = () => world.getState().histories["11"]?.messages.map((each) => each.id) ?? [];
  return { world, outbox, asked, waiting, shown };
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const hello = [textSection("hello")];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("draws a message at once, and gives it its place when the server has it", async () => {
  const { outbox, asked, waiting, shown } = setUp();
  const nonce = outbox.send("11", hello);
  expect(waiting()).toMatchObject([{ nonce, state: "pending" }]);
  asked[0]?.accept("101");
  await settle();
  expect(waiting()).toEqual([]);
  expect(shown()).toEqual(["101"]);
});

it("sends one after the other, in order", async () => {
  const { outbox, asked } = setUp();
  const nonces = ["one", "two", "three"].map((text) => outbox.send("11", [textSection(text)]));
  expect(asked).toHaveLength(1);
  asked[0]?.accept("101");
  await settle();
  asked[1]?.accept("102");
  await settle();
  expect(asked.map((each) => each.nonce)).toEqual(nonces);
});

it("waits for the connection, and sends again with the same nonce", async () => {
  const { outbox, asked, waiting } = setUp();
  const nonce = outbox.send("11", hello);
  asked[0]?.refuse(networkError());
  await settle();
  expect(waiting()).toMatchObject([{ state: "pending" }]);
  expect(asked).toHaveLength(1);
  outbox.resume();
  expect(asked[1]?.nonce).toBe(nonce);
  asked[1]?.accept("101");
  await settle();
  expect(waiting()).toEqual([]);
});

it("offers retry after a long wait, and a retry can succeed", async () => {
  const { outbox, asked, waiting } = setUp();
  const nonce = outbox.send("11", hello);
  asked[0]?.refuse(networkError());
  await vi.advanceTimersByTimeAsync(GIVE_UP_MS);
  expect(waiting()).toMatchObject([{ state: "failed", error: "network" }]);
  outbox.resume();
  expect(asked).toHaveLength(1);
  outbox.retry("11", nonce);
  expect(asked[1]?.nonce).toBe(nonce);
  asked[1]?.accept("101");
  await vi.advanceTimersByTimeAsync(GIVE_UP_MS);
  expect(waiting()).toEqual([]);
});

it("says what the server refused, sends the others, and lets one discard it", async () => {
  const { outbox, asked, waiting } = setUp();
  const bad = outbox.send("11", hello);
  outbox.send("11", hello);
  asked[0]?.refuse(new RequestError("too_long", "Too long.", { max: 4000 }));
  await settle();
  expect(waiting()).toMatchObject([
    { nonce: bad, state: "failed", error: "too_long", errorMessage: "Too long.", errorData: { max: 4000 } },
    { state: "pending" },
  ]);
  expect(asked).toHaveLength(2);
  outbox.discard("11", bad);
  expect(waiting()).toHaveLength(1);
});

it("waits as long as the server asks, then sends again by itself", async () => {
  const { outbox, asked, waiting } = setUp();
  outbox.send("11", hello);
  asked[0]?.refuse(new RequestError("rate_limited", "Slow down.", { retry_after_s: 2 }));
  await vi.advanceTimersByTimeAsync(1_999);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(2);
  expect(waiting()).toMatchObject([{ state: "pending" }]);
});

it("asks again after an answer that never came: the nonce makes it safe", async () => {
  const { outbox, asked } = setUp();
  const nonce = outbox.send("11", hello);
  asked[0]?.refuse(new RequestError("timeout", ""));
  await settle();
  expect(asked[1]?.nonce).toBe(nonce);
});

it("makes nonces that fit the protocol and differ", () => {
  const nonces = new Set(Array.from({ length: 50 }, newNonce));
  expect(nonces.size).toBe(50);
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
});

it("gives back what was typed when the channel is too slow for it", async () => {
  const { outbox, asked, waiting } = setUp();
  const draft = { text: "hello", replyTo: null };
  const slow = (): RequestError => new RequestError("slow_mode", "Wait.", { retry_after_s: 7 }, 429);
  outbox.send("11", hello, null, draft);
  asked[0]?.refuse(slow());
  await settle();
  expect(waiting()).toEqual([]);
  expect(drafts.getState()["11"]).toEqual(draft);
  expect(waitMs(waits.getState(), "11", Date.now())).toBe(7_000);

  // What is being typed by now is not overwritten: the message stays, to be tried again.
  outbox.send("11", hello, null, { text: "another", replyTo: null });
  asked[1]?.refuse(slow());
  await settle();
  expect(waiting()).toMatchObject([{ state: "failed", error: "slow_mode" }]);
  expect(drafts.getState()["11"]).toEqual(draft);
  drafts.setState({}, true);
  waits.setState({}, true);
});

it("knows how long to wait after a message in a slow channel", async () => {
  const { outbox, asked, world } = setUp();
  world.setState(({ channels }) => ({
    channels: { ...channels, "11": { ...(channels["11"] as Channel), slow_mode_s: 30 } },
  }));
  outbox.send("11", hello);
  expect(waitMs(waits.getState(), "11", Date.now())).toBe(0);
  asked[0]?.accept("101");
  await settle();
  expect(waitMs(waits.getState(), "11", Date.now())).toBe(30_000);
  waits.setState({}, true);
});
