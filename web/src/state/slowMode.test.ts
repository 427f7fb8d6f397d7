import { afterEach, expect, it } from "vitest";
import { waitMs, waits, waitUntil } from "./slowMode";

afterEach(() => waits.setState({}, true));

it("waits for the latest that was told, and then no longer", () => {
  waitUntil("11", 5_000);
  waitUntil("11", 4_000);
  const all = waits.getState();
  expect(waitMs(all, "11", 1_000)).toBe(4_000);
  expect(waitMs(all, "11", 6_000)).toBe(0);
  expect(waitMs(all, "12", 1_000)).toBe(0);
});
