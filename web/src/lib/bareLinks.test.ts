import { expect, it } from "vitest";
import { LinkifyIt } from "./bareLinks";

const finder = new LinkifyIt();
const found = (text: string): string[] => (finder.match(text) ?? []).map((link) => link.url);

it.each([
  ["see https://a.org.", ["https://a.org"]],
  ["(https://a.org/b), http://c.d:8080/e?f=g&h#i!", ["https://a.org/b", "http://c.d:8080/e?f=g&h#i"]],
  [
    "https://a.org/tomato_(fruit) and (https://b.org/x_(y))",
    ["https://a.org/tomato_(fruit)", "https://b.org/x_(y)"],
  ],
  ["mailto:anna@a.org, or mailto:nobody", ["mailto:anna@a.org"]],
  ["https://grün.example/ä", ["https://grün.example/ä"]],
  ["HTTPS://A.ORG", ["HTTPS://A.ORG"]],
  ["https://[::1]/x", ["https://[::1]/x"]],
  ["**https://a.org**", ["https://a.org"]],
  ["https://a.org<b>", ["https://a.org"]],
])("finds the addresses in %s", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

it.each([
  "a.org",
  "anna@a.org",
  "xhttps://a.org",
  "https://",
  "https://!",
  "ftp://a.org",
  "javascript:alert(1)",
  "12:30",
])("finds nothing in %s", (text) => {
  expect(finder.match(text)).toBeNull();
  expect(finder.test(text)).toBe(false);
});

it("stays quick on long tails", () => {
  const started = performance.now();
  finder.match(`https://a${")".repeat(50_000)}`);
  finder.match("https://a ".repeat(5_000));
  finder.match("https://".repeat(5_000));
  expect(performance.now() - started).toBeLessThan(1_000);
});
