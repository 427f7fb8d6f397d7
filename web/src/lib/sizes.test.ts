import { expect, it } from "vitest";
import { sizeText } from "./sizes";

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_500, "1.5 kB"],
  [25 * 1024 * 1024, "26 MB"],
  [3_200_000_000, "3.2 GB"],
])("%i bytes are %s", (bytes, text) => {
  expect(sizeText(bytes, "en")).toBe(text);
});
