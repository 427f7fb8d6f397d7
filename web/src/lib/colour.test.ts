import { expect, it } from "vitest";
import { against, contrast, hexColour, legible } from "./colour";

it.each([0x000000, 0xffffff, 0xffff00, 0x1a6b5f, 0xff0000, 0x0000ff, 0x808080])(
  "makes %i legible on light and on dark",
  (colour) => {
    for (const ground of [
      [255, 255, 255],
      [28, 29, 32],
    ] as const)
      expect(contrast(against(colour, ground), ground)).toBeGreaterThanOrEqual(4.5);
  },
);

it("keeps a colour that can be read as it is", () => {
  expect(against(0x1a6b5f, [255, 255, 255])).toEqual([0x1a, 0x6b, 0x5f]);
  expect(legible(0x1a6b5f)).toMatch(/^light-dark\(rgb\(26 107 95\), rgb\(/);
});

it("writes a colour as people know it", () => {
  expect(hexColour(0xff)).toBe("#0000ff");
});
