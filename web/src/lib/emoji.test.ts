import { expect, it } from "vitest";
import { findEmoji, inTone, loadEmoji } from "./emoji";

const english = await loadEmoji("en");
const first = (typed: string): string | undefined => findEmoji(english, typed)[0]?.unicode;

it("has all emoji, in the order of keyboards, without parts that stand for nothing", () => {
  expect(english.length).toBeGreaterThan(1_800);
  expect(english[0]?.unicode).toBe("😀");
  expect(english.some((each) => each.unicode === "🏻")).toBe(false);
});

it("finds them by short name, by name and by what they are about", () => {
  expect(first("tomato")).toBe("🍅");
  expect(first("+1")).toBe("👍");
  expect(first("red heart")).toBe("❤️");
  expect(findEmoji(english, "vegetable").map((each) => each.unicode)).toContain("🥕");
  expect(findEmoji(english, "xyzzy")).toEqual([]);
  expect(findEmoji(english, "", 3)).toHaveLength(3);
});

it("names them in German too", async () => {
  const german = await loadEmoji("de");
  expect(findEmoji(german, "Tomate")[0]?.unicode).toBe("🍅");
  expect(findEmoji(german, "tomato")[0]?.unicode).toBe("🍅");
});

it("takes the skin that was chosen where there is one", () => {
  const wave = findEmoji(english, "wave")[0];
  expect(wave && inTone(wave, 0)).toBe("👋");
  expect(wave && inTone(wave, 5)).toBe("👋🏿");
  const tomato = findEmoji(english, "tomato")[0];
  expect(tomato && inTone(tomato, 5)).toBe("🍅");
});
