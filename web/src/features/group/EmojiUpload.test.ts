import { expect, it } from "vitest";
import { nameFrom } from "./EmojiUpload";

it.each([
  ["Happy Cat.png", "happy_cat"],
  ["käse-brot.v2.gif", "kase_brot_v2"],
  ["--.png", ""],
  ["猫.webp", ""],
  [`${"long".repeat(20)}.png`, "long".repeat(8)],
])("an emoji from %s is called %s", (file, name) => {
  expect(nameFrom(file)).toBe(name);
});
