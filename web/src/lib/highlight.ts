/** Code as a tree of coloured parts. Loaded when the first code with a known language is shown. */

import { common, createLowlight } from "lowlight";

export type Part = string | { kinds: string; parts: Part[] };

const lowlight = createLowlight(common);
/** Longer code is shown without colours: it would hold the page up. */
const LONGEST = 20_000;

interface HastNode {
  type: string;
  value?: string;
  properties?: { className?: string[] };
  children?: HastNode[];
}

/** null where the language is not known. */
export function highlight(code: string, language: string): Part[] | null {
  const name = language.toLowerCase();
  if (name === "" || code.length > LONGEST || !lowlight.registered(name)) return null;
  return partsOf((lowlight.highlight(name, code) as HastNode).children ?? []);
}

function partsOf(nodes: readonly HastNode[]): Part[] {
  return nodes.map((node) =>
    node.type === "text"
      ? (node.value ?? "")
      : { kinds: (node.properties?.className ?? []).join(" "), parts: partsOf(node.children ?? []) },
  );
}
