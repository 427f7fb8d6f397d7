/** Draws Markdown as React elements; nothing of it ever becomes HTML text. */

import { createContext, type MouseEvent, type ReactNode, useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Part } from "../lib/highlight";
import { isLoneEmoji, type Node, parseMarkdown } from "../lib/markdown";
import { Icon } from "./Icon";
import { useHighlight } from "./useHighlight";

export function Markdown({ source }: { source: string }) {
  const nodes = useMemo(() => parseMarkdown(source), [source]);
  return (
    <div className="md" data-jumbo={isLoneEmoji(nodes) || undefined}>
      {draw(nodes)}
    </div>
  );
}

/** Words to mark in what is drawn, as a search finds them; the pattern has one group around each. */
export const MarkWords = createContext<RegExp | null>(null);

function Words({ text }: { text: string }): ReactNode {
  const pattern = useContext(MarkWords);
  if (pattern === null) return text;
  // biome-ignore lint/suspicious/noArrayIndexKey: the text is split anew as a whole
  return text.split(pattern).map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part));
}

export type NamedNode = Extract<Node, { type: "mention" | "broadcast" | "emoji" }>;

/** How to draw what is named by an id: whoever knows the people and places around says so. */
export const DrawNamed = createContext<(node: NamedNode) => ReactNode>(() => "…");

function Named({ node }: { node: NamedNode }): ReactNode {
  return useContext(DrawNamed)(node);
}

function draw(nodes: readonly Node[]): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: the tree is rebuilt as a whole when the source changes
  return nodes.map((node, place) => <Drawn key={`${place}-${node.type}`} node={node} />);
}

/** Follows links that lead to a place in here, without another window: whoever knows the addresses does so. */
export const FollowLink = createContext<(event: MouseEvent, href: string) => void>(() => undefined);

function Drawn({ node }: { node: Node }): ReactNode {
  const follow = useContext(FollowLink);
  switch (node.type) {
    case "text":
      return <Words text={node.text} />;
    case "break":
      return <br />;
    case "rule":
      return <hr />;
    case "inlineCode":
      return <code>{node.text}</code>;
    case "code":
      return <CodeBlock code={node.text} language={node.language} />;
    case "mention":
    case "broadcast":
    case "emoji":
      return <Named node={node} />;
    case "link":
      return (
        <a
          href={node.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          onClick={(event) => follow(event, node.href)}
        >
          {draw(node.children)}
        </a>
      );
    case "list":
      return node.ordered ? (
        <ol start={node.start}>{draw(node.children)}</ol>
      ) : (
        <ul>{draw(node.children)}</ul>
      );
    case "item":
      return <li>{draw(node.children)}</li>;
    case "paragraph":
      return <p>{draw(node.children)}</p>;
    case "heading":
      return (
        <p>
          <strong>{draw(node.children)}</strong>
        </p>
      );
    case "quote":
      return <blockquote>{draw(node.children)}</blockquote>;
    case "strong":
      return <strong>{draw(node.children)}</strong>;
    case "emphasis":
      return <em>{draw(node.children)}</em>;
    case "strike":
      return <s>{draw(node.children)}</s>;
  }
}

function drawParts(parts: readonly Part[]): ReactNode {
  return parts.map((part, place) => {
    if (typeof part === "string") return part;
    const key = `${place}-${part.kinds}`;
    return (
      <span key={key} className={part.kinds}>
        {drawParts(part.parts)}
      </span>
    );
  });
}

const COPIED_MS = 1_500;

export function CodeBlock({ code, language }: { code: string; language: string }) {
  const { t } = useTranslation();
  const parts = useHighlight(code, language);
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(code);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <figure className="code">
      <figcaption>
        <span>{language || t("code.plain")}</span>
        <button type="button" onClick={() => void copy()}>
          <Icon name={copied ? "check" : "copy"} size={14} />
          {copied ? t("code.copied") : t("code.copy")}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{parts === null ? code : drawParts(parts)}</code>
      </pre>
    </figure>
  );
}
