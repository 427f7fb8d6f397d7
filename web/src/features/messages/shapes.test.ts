import { expect, it } from "vitest";
import { bars, clockText, fitted, isPicture, isSound, isVideo } from "./shapes";

const file = (media_type: string, media?: object) => ({
  kind: "file" as const,
  file_id: "1",
  name: "a",
  media_type,
  size_bytes: 1,
  ...(media && { media }),
});

it("keeps the shape of what does not fit, and the size of what does", () => {
  expect(fitted({ width: 4000, height: 3000 })).toEqual({ width: 400, height: 300 });
  expect(fitted({ width: 1000, height: 4000 })).toEqual({ width: 75, height: 300 });
  expect(fitted({ width: 200, height: 100 })).toEqual({ width: 200, height: 100 });
  expect(fitted({ width: 9000, height: 1 })).toEqual({ width: 400, height: 48 });
});

it("shows only what the server has looked into", () => {
  const seen = { width: 1, height: 1 };
  expect(isPicture(file("image/png", seen))).toBe(true);
  expect(isPicture(file("image/png"))).toBe(false);
  expect(isVideo(file("video/webm", seen))).toBe(true);
  expect(isVideo(file("video/webm", { duration_ms: 1 }))).toBe(false);
  expect(isSound(file("audio/ogg", {}))).toBe(true);
  expect(isSound(file("audio/ogg"))).toBe(false);
});

it("tells times and draws bars", () => {
  expect([0, 5000, 65_000, 3_725_000].map(clockText)).toEqual(["0:00", "0:05", "1:05", "1:02:05"]);
  expect(bars(Uint8Array.from([0, 255, 51, 0]), 2)).toEqual([1, 0.2]);
  expect(bars(Uint8Array.from([255]), 3)).toEqual([1, 1, 1]);
});
