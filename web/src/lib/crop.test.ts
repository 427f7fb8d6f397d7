import { expect, it } from "vitest";
import { fitted, kept, MOST_ZOOM, pulled, whole } from "./crop";

const WIDE = { width: 400, height: 100 };
const SQUARE = { width: 1, height: 1 };
const BANNER = { width: 5, height: 2 };

it("begins with as much of the middle as fits", () => {
  expect(kept(WIDE, SQUARE, whole(WIDE))).toEqual({ left: 150, top: 0, width: 100, height: 100 });
  expect(kept(WIDE, BANNER, whole(WIDE))).toEqual({ left: 75, top: 0, width: 250, height: 100 });
  expect(kept({ width: 100, height: 400 }, BANNER, { zoom: 2, x: 50, y: 200 })).toEqual({
    left: 25,
    top: 190,
    width: 50,
    height: 20,
  });
});

it("stays within the picture", () => {
  expect(fitted(WIDE, SQUARE, { zoom: 1, x: 0, y: 999 })).toEqual({ zoom: 1, x: 50, y: 50 });
  expect(fitted(WIDE, SQUARE, { zoom: 99, x: 400, y: 0 })).toEqual({ zoom: MOST_ZOOM, x: 390, y: 10 });
  expect(fitted(WIDE, SQUARE, { zoom: 0, x: 200, y: 50 })).toEqual({ zoom: 1, x: 200, y: 50 });
});

it("follows the hand, whatever its size on the screen", () => {
  const crop = { zoom: 2, x: 200, y: 50 };
  expect(pulled(WIDE, SQUARE, crop, { dx: 100, dy: 0, viewWidth: 200 })).toEqual({ zoom: 2, x: 175, y: 50 });
  expect(pulled(WIDE, SQUARE, crop, { dx: -9999, dy: 9999, viewWidth: 200 })).toEqual({
    zoom: 2,
    x: 375,
    y: 25,
  });
});
