import { expect, it } from "vitest";
import { completed, tokenAt } from "./suggest";

it.each([
  ["@", { sign: "@", typed: "", from: 0 }],
  ["hi @bo", { sign: "@", typed: "bo", from: 3 }],
  ["(#gen", { sign: "#", typed: "gen", from: 1 }],
  ["**@é", { sign: "@", typed: "é", from: 2 }],
  ["nice :to", { sign: ":", typed: "to", from: 5 }],
  ["`a` @b", { sign: "@", typed: "b", from: 4 }],
  ["```\na\n```\n@b", { sign: "@", typed: "b", from: 10 }],
])("sees what is being typed in %j", (text, expected) => {
  expect(tokenAt(text, text.length)).toEqual({ ...expected, to: text.length });
});

it.each(["", "a@b", "me: :t", "12:30", "`@b", "```\n@b", "hi @bo rest", "@a b"])(
  "sees nothing in %j",
  (text) => {
    expect(tokenAt(text, text.length)).toBeNull();
  },
);

it("looks at the caret, not at the end", () => {
  expect(tokenAt("@bo and more", 3)).toMatchObject({ typed: "bo" });
});

it("puts in what was chosen, with one space behind", () => {
  const token = { sign: "@", typed: "bo", from: 3, to: 6 } as const;
  expect(completed("hi @bo", token, "@boris")).toEqual({ text: "hi @boris ", caret: 10 });
  expect(completed("hi @bo there", token, "@boris")).toEqual({ text: "hi @boris there", caret: 10 });
});
