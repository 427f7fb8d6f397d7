import { expect, it } from "vitest";
import { duration } from "./durations";

it.each([
  [0, "0 seconds"],
  [1, "1 second"],
  [90, "90 seconds"],
  [300, "5 minutes"],
  [7200, "2 hours"],
  [86_400, "1 day"],
  [90_000, "25 hours"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds, "en")).toBe(text);
});

it("speaks other languages", () => {
  expect(duration(300, "de")).toBe("5 Minuten");
});
