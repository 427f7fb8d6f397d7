import { expect, it } from "vitest";
import { fromBase64, thumbPixels } from "./thumbhash";

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (each) => Number.parseInt(each, 16));

it("draws what the original draws", () => {
  const pixels = thumbPixels(bytes("1f080a0d8277787766578477586a7770770fe7fbd3"));
  expect(pixels?.width).toBe(32);
  expect(pixels?.height).toBe(23);
  const found = [...(pixels?.rgba ?? [])];
  const near = (some: number[], expected: number[]): void => {
    for (const [at, each] of some.entries())
      expect(Math.abs(each - (expected[at] ?? 0))).toBeLessThanOrEqual(1);
  };
  near(found.slice(0, 12), [46, 17, 29, 255, 49, 21, 33, 255, 56, 28, 39, 255]);
  near(found.slice(-8), [116, 125, 137, 255, 120, 128, 141, 255]);
});

it("draws nothing of what is none, and anything of the rest", () => {
  expect(thumbPixels(bytes("0102"))).toBeNull();
  for (const hex of ["ffffffffff", "0000000000", "00000000ff00", "ffff7f0000"])
    expect(thumbPixels(bytes(hex))?.rgba.length).toBeGreaterThan(0);
  expect([...fromBase64("AAgC")]).toEqual([0, 8, 2]);
});
