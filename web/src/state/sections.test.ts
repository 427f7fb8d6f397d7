import { describe, expect, it } from "vitest";
import type { Section } from "../gateway/protocol";
import { edited, replyOf, summary, textLength, toSections, toTyped } from "./sections";

const text = (value: string) => ({ kind: "text", text: value }) as const;
const code = (value: string, language = "") => ({ kind: "code", code: value, language }) as const;

describe("toSections", () => {
  it("keeps plain text as it is", () => {
    expect(toSections("hello\n\nthere", null)).toEqual([text("hello\n\nthere")]);
  });

  it("puts the reply first", () => {
    expect(toSections("yes", "5")).toEqual([{ kind: "reply", message_id: "5" }, text("yes")]);
  });

  it("makes sections of fenced code", () => {
    expect(toSections("look:\n```python\nif a:\n    b\n```\nnice", null)).toEqual([
      text("look:"),
      code("if a:\n    b", "python"),
      text("nice"),
    ]);
    expect(toSections("~~~\na ``` b\n~~~", null)).toEqual([code("a ``` b")]);
    expect(toSections("````\n```\ninner\n```\n````", null)).toEqual([code("```\ninner\n```")]);
  });

  it("leaves what is no whole fence alone", () => {
    for (const typed of ["```\nnever ended", "```\n\n```", "`inline`", "text ``` text"]) {
      expect(toSections(typed, null)).toEqual([text(typed)]);
    }
  });

  it("stays within the number of sections", () => {
    const many = Array.from({ length: 6 }, (_, index) => `t${index}\n\`\`\`\nc${index}\n\`\`\``).join("\n");
    expect(toSections(many, null)).toEqual([text(many)]);
    expect(toSections(many, null, 12)).toHaveLength(12);
    expect(toSections(many, "5", 12)).toHaveLength(2);
  });

  it("has nothing for blank text", () => {
    expect(toSections(" \n ", null)).toEqual([]);
  });
});

it.each(["hello", "a\n```js\nlet x = `1`;\n```\nb", "````\n```\ninner\n```\n````"])(
  "what was typed comes back for editing and means the same: %j",
  (typed) => {
    const sections = toSections(typed, "5");
    expect(toSections(toTyped(sections), replyOf(sections))).toEqual(sections);
  },
);

it("sums a message up in one line without marks", () => {
  expect(summary([{ kind: "reply", message_id: "1" }, text("**a**\n\n[b](https://c.d)"), code("x\ny")])).toBe(
    "a b x y",
  );
  expect(summary([text("🍅".repeat(9))], 4)).toBe("🍅🍅🍅🍅…");
});

it("keeps in an edit what was not typed, each by the name that the server takes", () => {
  const file = { kind: "file", file_id: "7", name: "a.png", media_type: "image/png", size_bytes: 3 } as const;
  const forward: Section = { kind: "forward", sections: [text("copied")], sent_ms: 1 };
  const contact = { kind: "contact", user_id: "8" } as const;
  const message = { id: "5", channel_id: "3", sections: [text("before"), file, forward, contact] };
  expect(edited(message, "after")).toEqual([
    text("after"),
    { kind: "file", file_id: "7" },
    { kind: "forward", channel_id: "3", message_id: "5" },
    contact,
  ]);
});

it("counts code points after normalisation, as the server does", () => {
  expect(textLength("🍅")).toBe(1);
  expect(textLength("e\u0301")).toBe(1);
});

it("names a language only as the server takes it", () => {
  expect(toSections("```c++\nx\n```", null)).toEqual([code("x", "c++")]);
  expect(toSections("```<b>\nx\n```", null)).toEqual([code("x")]);
  expect(toSections("```\u00e9t\u00e9\nx\n```", null)).toEqual([code("x")]);
  expect(toSections(`\`\`\`${"a".repeat(41)}\nx\n\`\`\``, null)).toEqual([code("x")]);
});
