import { expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { cursor, ready } from "../../test/samples";
import type { Level, SendRequest } from "../gateway/protocol";
import { networkError } from "../lib/errors";
import { Reading } from "./reading";
import { applyReady, emptyWorld, type World } from "./world";

function setUp() {
  const world = createStore<World>(() => applyReady(emptyWorld, ready()));
  const request = vi.fn((_: string, fields: { message_id: string; unread?: boolean }) =>
    Promise.resolve(
      cursor("11", {
        last_read_id: fields.unread ? String(Number(fields.message_id) - 1) : fields.message_id,
        unread: 3,
      }),
    ),
  );
  const api = {
    setLevel: vi.fn(
      (scope: Level["scope"], target_id: string, level: Level["level"], muted_until_ms: number | null) =>
        Promise.resolve({ scope, target_id, level, muted_until_ms }),
    ),
  };
  const reading = new Reading(world, api, request as unknown as SendRequest, () => 0);
  const asked = () => request.mock.calls.map(([, fields]) => fields.message_id);
  const read = () => world.getState().cursors["11"]?.last_read_id;
  return { world, request, reading, asked, read };
}

it("moves the cursor forward only, one request at a time, to the newest seen", async () => {
  const { reading, asked, read } = setUp();
  await reading.markRead("11", "99");
  expect(asked()).toEqual([]);
  const moves = ["101", "102", "105"].map((each) => reading.markRead("11", each));
  await Promise.all(moves);
  expect(asked()).toEqual(["101", "105"]);
  expect(read()).toBe("105");
});

it("tells again what could not be told", async () => {
  const { reading, request } = setUp();
  request.mockRejectedValueOnce(networkError());
  await reading.markRead("11", "101");
  await reading.markRead("11", "101");
  expect(request).toHaveBeenCalledTimes(2);
});

it("stays where it was marked unread, until one goes away", async () => {
  const { reading, asked, read } = setUp();
  await reading.markUnread("11", "90");
  expect(read()).toBe("89");
  await reading.markRead("11", "100");
  expect(asked()).toEqual(["90"]);
  reading.release("11");
  await reading.markRead("11", "100");
  expect(read()).toBe("100");
});

it("does not stay where marking unread has failed", async () => {
  const { reading, request, read } = setUp();
  request.mockRejectedValueOnce(networkError());
  await expect(reading.markUnread("11", "90")).rejects.toThrow();
  await reading.markRead("11", "101");
  expect(read()).toBe("101");
});

it("reads all up to what was written last", async () => {
  const { reading, world, asked } = setUp();
  world.setState({ cursors: { "11": cursor("11", { last_read_id: "50", unread: 9 }) } });
  await reading.readAll("11");
  await reading.readAll("12");
  expect(asked()).toEqual(["100"]);
  world.setState({ cursors: { "11": cursor("11", { last_read_id: "50", unread: 9 }) } });
  await reading.readGroup("10");
  expect(asked()).toEqual(["100", "100"]);
});

it("keeps the level that it was answered with", async () => {
  const { reading, world } = setUp();
  await reading.setLevel("group", "10", "mentions", null);
  expect(world.getState().levels["group:10"]?.level).toBe("mentions");
});
