/**
 * Markdown as a tree to draw, from markdown-it's tokens. Only what docs/protocol.md names becomes structure; raw HTML and
 * images stay text, and links lead to http, https and mailto alone. Nothing here makes HTML.
 */

import MarkdownIt, { type Token } from "markdown-it";
import { isId } from "./ids";

export type MentionKind = "user" | "role" | "channel";

export type Node =
  | { type: "text"; text: string }
  | { type: "break" }
  /** Somebody or something that is named by its id. */
  | { type: "mention"; kind: MentionKind; id: string }
  /** Everyone in the channel, or those who are there just now. */
  | { type: "broadcast"; who: "everyone" | "here" }
  /** An emoji of a group's own. */
  | { type: "emoji"; name: string; id: string }
  | { type: "rule" }
  | { type: "inlineCode"; text: string }
  | { type: "code"; text: string; language: string }
  | { type: "link"; href: string; children: Node[] }
  | { type: "list"; ordered: boolean; start: number; children: Node[] }
  | { type: "paragraph" | "heading" | "quote" | "item" | "strong" | "emphasis" | "strike"; children: Node[] };

type Parent = Extract<Node, { children: Node[] }>;

const parser = new MarkdownIt("default", { html: false, linkify: true, breaks: true, typographer: false });
parser.disable(["table", "reference", "html_block", "html_inline", "entity"]);
// Addresses stay as they were typed; `validateLink` below decides which of them lead anywhere.
parser.normalizeLink = (address: string) => address;
parser.normalizeLinkText = (address: string) => address;

const NAMED = /<(@&?|#)(\d{1,19})>/y;
const EMOJI = /<:(\w{1,64}):(\d{1,19})>/y;
const BROADCAST = /@(everyone|here)(?![\p{L}\p{N}_])/uy;
/** Neither an address of mail nor of a page. */
const BEFORE_BROADCAST = /[\p{L}\p{N}_/]$/u;
const KINDS: Record<string, MentionKind> = { "@": "user", "@&": "role", "#": "channel" };

type Meta = Extract<Node, { type: "mention" | "broadcast" | "emoji" }>;

function namedAt(source: string, at: number): { length: number; meta: Meta } | null {
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  if (source[at] === "@") {
    const found = BEFORE_BROADCAST.test(source.slice(Math.max(0, at - 2), at)) ? null : match(BROADCAST);
    return (
      found && { length: found[0].length, meta: { type: "broadcast", who: found[1] as "everyone" | "here" } }
    );
  }
  const named = match(NAMED);
  if (named && isId(named[2] ?? "")) {
    const kind = KINDS[named[1] ?? ""] ?? "user";
    return { length: named[0].length, meta: { type: "mention", kind, id: named[2] ?? "" } };
  }
  const emoji = match(EMOJI);
  return (
    emoji && { length: emoji[0].length, meta: { type: "emoji", name: emoji[1] ?? "", id: emoji[2] ?? "" } }
  );
}

parser.inline.ruler.before("autolink", "mention", (state, silent) => {
  const found = namedAt(state.src, state.pos);
  if (found === null) return false;
  if (!silent) {
    const token = state.push("mention", "", 0);
    token.content = state.src.slice(state.pos, state.pos + found.length);
    token.meta = found.meta;
  }
  state.pos += found.length;
  return true;
});

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
    case "mention":
      return [token.meta as Meta];
    case "image":
      return [{ type: "text", text: `![${token.content}](${token.attrGet("src") ?? ""})` }];
    default:
      return token.content === "" ? [] : [{ type: "text", text: token.content }];
  }
}

interface NamedSpan {
  from: number;
  to: number;
  node: Meta;
}

/** Where a text names something by its id, code left out; the ranges of broadcasts too. */
export function namedIn(text: string): NamedSpan[] {
  const spans: NamedSpan[] = [];
  const code = /(`+)[\s\S]*?\1|\\[\s\S]|[<@]/g;
  for (const { 0: sign, index } of text.matchAll(code)) {
    if (sign !== "<" && sign !== "@") continue;
    const found = namedAt(text, index);
    if (found) spans.push({ from: index, to: index + found.length, node: found.meta });
  }
  return spans;
}

/** How to write what is named by an id, where only words can be shown. */
export type Wording = (node: Meta) => string;

const asTyped: Wording = (node) => {
  if (node.type === "broadcast") return `@${node.who}`;
  return node.type === "emoji" ? `:${node.name}:` : "…";
};

/** The words alone. */
export function plainText(nodes: readonly Node[], wording: Wording = asTyped): string {
  return nodes
    .map((node) => {
      if (node.type === "mention" || node.type === "broadcast" || node.type === "emoji") return wording(node);
      if ("children" in node)
        return (
          plainText(node.children, wording) + (node.type === "paragraph" || node.type === "item" ? " " : "")
        );
      return "text" in node ? node.text : " ";
    })
    .join("");
}

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{RI}|\p{EMod}|[\u200d\ufe0f\u20e3#*0-9\s])*$/u;
const LONE_MAX = 12;

/** Whether a text is nothing but a few emoji, which are drawn large then. */
export function isLoneEmoji(nodes: readonly Node[]): boolean {
  const [paragraph, ...more] = nodes;
  if (paragraph?.type !== "paragraph" || more.length > 0 || paragraph.children.length === 0) return false;
  const pictures = paragraph.children.map((node) => {
    if (node.type === "emoji") return 1;
    if (node.type === "break") return 0;
    if (node.type !== "text" || !ONLY_EMOJI.test(node.text)) return Number.POSITIVE_INFINITY;
    return [...node.text.matchAll(/\p{Extended_Pictographic}|\p{RI}/gu)].length;
  });
  const count = pictures.reduce((sum, each) => sum + each, 0);
  return count > 0 && count <= LONE_MAX;
}
