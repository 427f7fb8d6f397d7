import { expect, it, vi } from "vitest";
import type { Call } from "./call";
import { CallDoor, type DoorOptions, type LoadCall } from "./door";

function setUp() {
  const call = { join: vi.fn(() => Promise.resolve()), setMuted: vi.fn(), leave: vi.fn(), stats: vi.fn() };
  const load = vi.fn<LoadCall>(() => Promise.resolve(call as unknown as Call));
  return { call, load, door: new CallDoor({} as DoorOptions, load) };
}

it("loads the call once, with the first thing that needs it", async () => {
  const { call, load, door } = setUp();
  door.leave();
  expect(await door.stats()).toEqual([]);
  expect(load).not.toHaveBeenCalled();
  door.setMuted(true);
  await door.join("12");
  await door.prepare();
  expect(load).toHaveBeenCalledOnce();
  expect(call.setMuted).toHaveBeenCalledWith(true);
  expect(call.join).toHaveBeenCalledWith("12");
  door.leave();
  expect(call.leave).toHaveBeenCalledOnce();
});

it("tries again when the code could not be loaded", async () => {
  const { call, load, door } = setUp();
  load.mockRejectedValueOnce(new Error("away"));
  await expect(door.join("12")).rejects.toThrow("away");
  await door.join("12");
  expect(call.join).toHaveBeenCalledOnce();
});
