/**
 * Stands in for the package `linkify-it` in markdown-it: finds addresses that are written out (`https:`, `http:` and `mailto:`, no
 * other is a link here). The package guesses many more, and would add 8 KB (gzip) to the first view.
 */

interface Link {
  schema: string;
  index: number;
  lastIndex: number;
  raw: string;
  text: string;
  url: string;
}

const WEB = /https?:\/\/[\p{L}\p{N}[][^\s<>"`|\\^]*/iuy;
const MAIL = /mailto:[^\s<>"`|\\^@:/]+@[\p{L}\p{N}][^\s<>"`|\\^@]*/iuy;
const BEGINS = /(?<![\p{L}\p{N}])(?:https?:\/\/|mailto:)/giu;
/** A sentence's own signs, and marks of Markdown, at the end of an address are not part of it. */
const AFTER = new Set([".", ",", ":", ";", "!", "?", "'", "…", "*", "_", "~"]);
const CLOSES: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

function endOf(address: string): number {
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1] ?? "";
    const opens = CLOSES[last];
    if (AFTER.has(last)) continue;
    // A bracket belongs to the address that opens it: https://a.org/tomato_(fruit)
    if (opens === undefined || balanced(address.slice(0, end), opens, last)) return end;
  }
  return 0;
}

const balanced = (text: string, opens: string, closes: string): boolean =>
  text.split(opens).length >= text.split(closes).length;

function linkAt(text: string, index: number): Link | null {
  for (const pattern of [WEB, MAIL]) {
    pattern.lastIndex = index;
    const whole = pattern.exec(text)?.[0];
    if (whole === undefined) continue;
    // Of a long tail of brackets, a few are enough to look at.
    const tail = Math.max(0, whole.length - TAIL);
    const address = whole.slice(0, tail) + whole.slice(tail, tail + endOf(whole.slice(tail)));
    const schema = address.slice(0, address.indexOf(":") + 1).toLowerCase();
    if (address.length <= schema.length + 2) return null;
    return { schema, index, lastIndex: index + address.length, raw: address, text: address, url: address };
  }
  return null;
}

const TAIL = 200;

export class LinkifyIt {
  /** What markdown-it's own set-up would change is fixed here. */
  set(): this {
    return this;
  }

  test(text: string): boolean {
    return text.includes(":") && this.match(text) !== null;
  }

  match(text: string): Link[] | null {
    const links: Link[] = [];
    let from = 0;
    for (const { index } of text.matchAll(BEGINS)) {
      const link = index < from ? null : linkAt(text, index);
      if (!link) continue;
      links.push(link);
      from = link.lastIndex;
    }
    return links.length === 0 ? null : links;
  }

  matchAtStart(text: string): Link | null {
    return linkAt(text, 0);
  }
}
