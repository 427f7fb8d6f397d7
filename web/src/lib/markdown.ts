/**
 * Markdown as a tree to draw, from markdown-it's tokens. Only what docs/protocol.md names becomes structure; raw HTML and
 * images stay text, and links lead to http, https and mailto alone. Nothing here makes HTML.
 */

import MarkdownIt, { type Token } from "markdown-it";

export type Node =
  | { type: "text"; text: string }
  | { type: "break" }
  | { type: "rule" }
  | { type: "inlineCode"; text: string }
  | { type: "code"; text: string; language: string }
  | { type: "link"; href: string; children: Node[] }
  | { type: "list"; ordered: boolean; start: number; children: Node[] }
  | { type: "paragraph" | "heading" | "quote" | "item" | "strong" | "emphasis" | "strike"; children: Node[] };

type Parent = Extract<Node, { children: Node[] }>;

const parser = new MarkdownIt("default", { html: false, linkify: true, breaks: true, typographer: false });
parser.disable(["table", "reference", "html_block", "html_inline", "entity"]);
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

const SAFE = /^(?:https?:\/\/|mailto:)/i;

/** The address if a person may be led there, else null. */
export function safeHref(address: string): string | null {
  // Browsers pass over control characters and spaces inside a scheme.
  const plain = [...address].filter((each) => each > " ").join("");
  return SAFE.test(plain) ? plain : null;
}

parser.validateLink = (address: string) => safeHref(address) !== null;

export function parseMarkdown(source: string): Node[] {
  return build(parser.parse(source, {}));
}

const OPENS: Record<string, (token: Token) => Parent> = {
  paragraph_open: () => ({ type: "paragraph", children: [] }),
  heading_open: () => ({ type: "heading", children: [] }),
  blockquote_open: () => ({ type: "quote", children: [] }),
  bullet_list_open: () => ({ type: "list", ordered: false, start: 1, children: [] }),
  ordered_list_open: (token) => ({
    type: "list",
    ordered: true,
    start: Number(token.attrGet("start") ?? 1),
    children: [],
  }),
  list_item_open: () => ({ type: "item", children: [] }),
  strong_open: () => ({ type: "strong", children: [] }),
  em_open: () => ({ type: "emphasis", children: [] }),
  s_open: () => ({ type: "strike", children: [] }),
};

function build(tokens: readonly Token[]): Node[] {
  const root: Node[] = [];
  const stack: Node[][] = [root];
  for (const token of tokens) {
    const into = stack.at(-1) ?? root;
    if (token.nesting === 1) {
      const children: Node[] = [];
      const node = open(token);
      if (node === null || token.hidden) {
        // A tight list's paragraph, or something unknown: its children belong to what is around it.
        stack.push(into);
        continue;
      }
      node.children = children;
      into.push(node);
      stack.push(children);
    } else if (token.nesting === -1) {
      stack.pop();
    } else {
      into.push(...leaf(token));
    }
  }
  return root;
}

function open(token: Token): Parent | null {
  if (token.type === "link_open") {
    const href = safeHref(String(token.attrGet("href") ?? ""));
    return href === null ? null : { type: "link", href, children: [] };
  }
  return OPENS[token.type]?.(token) ?? null;
}

function leaf(token: Token): Node[] {
  switch (token.type) {
    case "inline":
      return build(token.children ?? []);
    case "softbreak":
    case "hardbreak":
      return [{ type: "break" }];
    case "hr":
      return [{ type: "rule" }];
    case "code_inline":
      return [{ type: "inlineCode", text: token.content }];
    case "fence":
    case "code_block":
      return [
        {
          type: "code",
          text: token.content.replace(/\n$/, ""),
          language: token.info.trim().split(/\s+/)[0] ?? "",
        },
      ];
    case "image":
      return [{ type: "text", text: `![${token.content}](${token.attrGet("src") ?? ""})` }];
    default:
      return token.content === "" ? [] : [{ type: "text", text: token.content }];
  }
}

/** The words alone. */
export function plainText(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if ("children" in node)
        return plainText(node.children) + (node.type === "paragraph" || node.type === "item" ? " " : "");
      return "text" in node ? node.text : " ";
    })
    .join("");
}
