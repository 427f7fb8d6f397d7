import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/mentions.json";
import { isLoneEmoji, type Node, parseMarkdown, plainText, safeHref } from "./markdown";

function all(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => ("children" in node ? [node, ...all(node.children)] : [node]));
}
const types = (source: string): string[] => all(parseMarkdown(source)).map((node) => node.type);
const links = (source: string): string[] =>
  all(parseMarkdown(source)).flatMap((node) => (node.type === "link" ? [node.href] : []));

describe("what is drawn", () => {
  it("knows the marks that the protocol names", () => {
    expect(types("**b** _i_ ~~s~~ `c`")).toEqual(
      expect.arrayContaining(["paragraph", "strong", "emphasis", "strike", "inlineCode"]),
    );
    expect(types("> q")).toContain("quote");
    expect(types("# h")).toContain("heading");
    expect(types("a\nb")).toContain("break");
    expect(parseMarkdown("```rs x\nfn\n```")).toEqual([{ type: "code", text: "fn", language: "rs" }]);
  });

  it("keeps lists and where they begin", () => {
    const [list] = parseMarkdown("3. a\n4. b");
    expect(list).toMatchObject({ type: "list", ordered: true, start: 3 });
    expect(list && "children" in list && list.children).toHaveLength(2);
    // A tight list has no paragraphs inside.
    expect(types("- a\n- b")).toEqual(["list", "item", "text", "item", "text"]);
  });

  it("shows character references as they were typed", () => {
    expect(plainText(parseMarkdown("5 &lt; 6 &amp; &#65;")).trim()).toBe("5 &lt; 6 &amp; &#65;");
    expect(parseMarkdown("```a&amp;b\nx\n```")).toMatchObject([{ language: "a&amp;b" }]);
  });

  it("leaves tables alone", () => {
    expect(types("|a|b|\n|-|-|\n|1|2|")).not.toContain("table");
  });
});

describe("what must not get through", () => {
  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b>",
    "<!-- gone -->",
    '<a href="javascript:alert(1)">x</a>',
    "a <iframe src=//evil></iframe> b",
  ])("raw HTML stays text: %s", (source) => {
    const nodes = parseMarkdown(source);
    expect(links(source)).toEqual([]);
    expect(plainText(nodes).trim()).toBe(source);
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\u0001javascript:alert(1))",
    "[x](data:text/html,hi)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/api/auth/logout)",
    "<javascript:alert(1)>",
    "javascript:alert(1)",
    "![x](javascript:alert(1))",
  ])("no link: %s", (source) => {
    expect(links(source)).toEqual([]);
  });

  it("images stay text", () => {
    expect(plainText(parseMarkdown("![cat](https://a.b/c.png)")).trim()).toBe("![cat](https://a.b/c.png)");
    expect(links("![cat](https://a.b/c.png)")).toEqual([]);
  });

  it("reference definitions cannot hide an address", () => {
    const source = "[x][1]\n\n[1]: https://a.b";
    expect(links(source)).toEqual(["https://a.b"]);
    expect(plainText(parseMarkdown(source))).toContain("[x][1]");
  });
});

describe("links", () => {
  it("leads to http, https and mailto", () => {
    expect(links("[a](https://a.b/c?d=e&f) https://x.y <mailto:a@b.c>")).toEqual([
      "https://a.b/c?d=e&f",
      "https://x.y",
      "mailto:a@b.c",
    ]);
  });

  it("guesses no links from bare words", () => {
    expect(links("readme.md and foo.com and a@b.c")).toEqual([]);
  });

  it("judges the address as a browser reads it", () => {
    expect(safeHref("java\nscript:alert(1)")).toBeNull();
    expect(safeHref(" https://a.b")).toBe("https://a.b");
  });
});

describe("what is named by an id", () => {
  const named = (source: string): Node[] =>
    all(parseMarkdown(source)).filter((node) => ["mention", "broadcast", "emoji"].includes(node.type));

  it("are people, roles, channels and a group's own emoji", () => {
    expect(named("<@1> and <@&2>, **<#3>** <:wave:4>")).toEqual([
      { type: "mention", kind: "user", id: "1" },
      { type: "mention", kind: "role", id: "2" },
      { type: "mention", kind: "channel", id: "3" },
      { type: "emoji", name: "wave", id: "4" },
    ]);
  });

  it("are everyone and those who are here, but not in addresses", () => {
    expect(named("@everyone, @here! (@everyone)")).toHaveLength(3);
    for (const source of ["a@here.org", "me/@everyone", "@everyones", "é@here", "@hereé"])
      expect(named(source), source).toEqual([]);
  });

  it("stay text in code, after a backslash, and when they are not whole", () => {
    for (const source of [
      "`<@1>`",
      "```\n@everyone\n```",
      "\\<@1>",
      "\\@everyone",
      "<@1",
      "<@x>",
      "<:a b:1>",
    ])
      expect(named(source), source).toEqual([]);
  });

  it("become words where only words can be shown", () => {
    const nodes = parseMarkdown("hi <@1> @here <:wave:4>");
    expect(plainText(nodes, (node) => (node.type === "mention" ? `@name${node.id}` : node.type)).trim()).toBe(
      "hi @name1 broadcast emoji",
    );
    expect(plainText(nodes).trim()).toBe("hi … @here :wave:");
  });
});

interface Vector {
  name: string;
  text: string;
  named: { user_ids?: string[]; role_ids?: string[]; everyone?: boolean; here?: boolean };
}

it.each(vectors as Vector[])("shows as named what the server takes for it: $name", ({ text, named }) => {
  const found = all(parseMarkdown(text));
  const ids = (kind: string): string[] => [
    ...new Set(found.flatMap((node) => (node.type === "mention" && node.kind === kind ? [node.id] : []))),
  ];
  const calls = (who: string): boolean => found.some((node) => node.type === "broadcast" && node.who === who);
  expect({
    user_ids: ids("user"),
    role_ids: ids("role"),
    everyone: calls("everyone"),
    here: calls("here"),
  }).toEqual({ user_ids: [], role_ids: [], everyone: false, here: false, ...named });
});

it("knows a text that is nothing but a few emoji", () => {
  for (const source of ["🍅", "🍅 🥕", "👩🏽‍🌾", "🇩🇪", "<:wave:4>🍅", "❤️"])
    expect(isLoneEmoji(parseMarkdown(source)), source).toBe(true);
  for (const source of ["", "a 🍅", "12", "🍅".repeat(13), "🍅\n\n🍅", "> 🍅"])
    expect(isLoneEmoji(parseMarkdown(source)), source).toBe(false);
});

it("stays quick on hostile nesting", () => {
  const started = performance.now();
  for (const source of [
    ">".repeat(4000),
    "*".repeat(4000),
    "[".repeat(4000),
    "`".repeat(3999),
    "- ".repeat(2000),
    "<@".repeat(2000),
    "<:".repeat(2000),
  ]) {
    parseMarkdown(source);
  }
  expect(performance.now() - started).toBeLessThan(2_000);
});
