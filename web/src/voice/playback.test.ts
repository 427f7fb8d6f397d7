import { expect, it } from "vitest";
import { levelOf } from "./level";
import { speakerOf } from "./playback";

it("trusts the newest contributing source over what was told", () => {
  const sources = [
    { source: 7, timestamp: 900 },
    { source: 8, timestamp: 990 },
  ];
  expect(speakerOf(sources, 5, 1_000)).toBe(8);
});

it("believes what was told where nothing came, or nothing lately", () => {
  expect(speakerOf([], 5, 1_000)).toBe(5);
  expect(speakerOf([{ source: 7, timestamp: 10 }], 5, 1_010)).toBe(5);
});

it("shows levels on a scale of decibels", () => {
  expect(levelOf(new Float32Array(64))).toBe(0);
  expect(levelOf(new Float32Array(64).fill(1))).toBe(1);
  expect(levelOf(new Float32Array(64).fill(0.001))).toBeCloseTo(0, 3);
  expect(levelOf(new Float32Array(64).fill(0.0316))).toBeCloseTo(0.5, 2);
});
