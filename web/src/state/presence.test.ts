import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import type { Presence, SendRequest } from "../gateway/protocol";
import { IDLE_AFTER_MS, Presences, RENEW_MS, SETTLE_MS, watchActivity } from "./presence";
import { emptyWorld, type World } from "./world";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const world = createStore<World>(() => emptyWorld);
  const request = vi.fn((_: string, { user_ids }: { user_ids: string[] }) =>
    Promise.resolve({
      presences: user_ids.map((user_id): Presence => ({ user_id, status: "online", text: "" })),
    }),
  );
  const presences = new Presences(world, request as unknown as SendRequest);
  const asked = () => request.mock.calls.map(([, fields]) => fields.user_ids);
  return { world, presences, asked };
}

it("asks for all at once when things have settled, and keeps what it is told", async () => {
  const { world, presences, asked } = setUp();
  presences.connected();
  presences.watch("2");
  presences.watch("3");
  presences.watch("2");
  await vi.advanceTimersByTimeAsync(SETTLE_MS);
  expect(asked()).toEqual([["2", "3"]]);
  expect(world.getState().presences["3"]?.status).toBe("online");
});

it("renews the list, without those who were let go", async () => {
  const { presences, asked } = setUp();
  presences.connected();
  presences.watch("2");
  const letGo = presences.watch("3");
  await vi.advanceTimersByTimeAsync(SETTLE_MS);
  letGo();
  letGo();
  await vi.advanceTimersByTimeAsync(RENEW_MS);
  expect(asked()).toEqual([["2", "3"], ["2"]]);
});

it("says nothing where nobody is looked at, and ends what was", async () => {
  const { presences, asked } = setUp();
  presences.connected();
  await vi.advanceTimersByTimeAsync(RENEW_MS);
  expect(asked()).toEqual([]);
  presences.watch("2")();
  presences.watch("3");
  await vi.advanceTimersByTimeAsync(SETTLE_MS);
  expect(asked()).toEqual([["3"]]);
});

it("waits for the connection, and asks anew when it is back", async () => {
  const { presences, asked } = setUp();
  presences.watch("2");
  await vi.advanceTimersByTimeAsync(RENEW_MS);
  expect(asked()).toEqual([]);
  presences.connected();
  await vi.advanceTimersByTimeAsync(0);
  presences.lost();
  await vi.advanceTimersByTimeAsync(RENEW_MS);
  expect(asked()).toEqual([["2"]]);
  presences.connected();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked()).toEqual([["2"], ["2"]]);
});

it("tells of somebody who went, once, and who came back", () => {
  let alive = (): void => undefined;
  const told: boolean[] = [];
  watchActivity(
    (back) => {
      alive = back;
    },
    (idle) => told.push(idle),
  );
  vi.advanceTimersByTime(IDLE_AFTER_MS - 1);
  alive();
  vi.advanceTimersByTime(IDLE_AFTER_MS - 1);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1 + IDLE_AFTER_MS);
  expect(told).toEqual([true]);
  alive();
  alive();
  expect(told).toEqual([true, false]);
});
