import { expect, it } from "vitest";
import { likeness } from "./likeness";

it("likes a beginning most, then the beginning of a word, then any part, then the letters in their order", () => {
  const names = ["garden", "my garden", "begarden", "g-a-r", "rag"];
  expect(names.map((name) => likeness(name, "gar"))).toEqual([4, 3, 2, 1, 0]);
});

it("takes everything when nothing was typed, and minds no case", () => {
  expect(likeness("x", " ")).toBe(1);
  expect(likeness("Garden", "GAR")).toBe(4);
});
