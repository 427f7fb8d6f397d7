import { expect, it } from "vitest";
import { highlight, type Part } from "./highlight";

const words = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === "string" ? part : words(part.parts))).join("");

it("colours code without changing a letter of it", () => {
  const code = 'def f(x):\n    return "<b>" + x  # <script>';
  const parts = highlight(code, "Python") ?? [];
  expect(words(parts)).toBe(code);
  expect(parts.some((part) => typeof part !== "string" && part.kinds.includes("hljs-keyword"))).toBe(true);
});

it("leaves code alone whose language is not known, or which is very long", () => {
  expect(highlight("x", "")).toBeNull();
  expect(highlight("x", "no-such-language")).toBeNull();
  expect(highlight("x".repeat(30_000), "python")).toBeNull();
});
