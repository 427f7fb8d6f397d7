import { expect, it } from "vitest";
import { partsOf, withFilter, withoutPart, wordsPattern } from "./query";

it("tells words, phrases and filters apart", () => {
  expect(partsOf('tomato "red beans" from:boris in:#general http://a.b has:file')).toEqual([
    { text: "tomato", filter: null, value: "tomato" },
    { text: '"red beans"', filter: null, value: "red beans" },
    { text: "from:boris", filter: "from", value: "boris" },
    { text: "in:#general", filter: "in", value: "#general" },
    { text: "http://a.b", filter: null, value: "http://a.b" },
    { text: "has:file", filter: "has", value: "file" },
  ]);
  expect(partsOf('  "" ')).toEqual([]);
});

it("begins a filter, and takes a part away", () => {
  expect(withFilter("", "from")).toBe("from:");
  expect(withFilter("tomato ", "from")).toBe("tomato from:");
  expect(withoutPart("tomato from:boris beans", "from:boris")).toBe("tomato beans");
});

it("finds what was searched for, signs too", () => {
  expect("Tomatoes (ripe) beans".split(wordsPattern('tomato "(ripe)" from:x') ?? /$/)).toEqual([
    "",
    "Tomato",
    "es ",
    "(ripe)",
    " beans",
  ]);
  expect(wordsPattern("from:boris")).toBeNull();
});
