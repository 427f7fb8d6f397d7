/** What is typed into the search: words, phrases and filters (docs/protocol.md "search"). Pure. */

export const FILTERS = ["from", "mentions", "in", "has", "before", "after", "pinned"] as const;
export type Filter = (typeof FILTERS)[number];

const PART = /(?:(?<filter>[a-z]+):)?(?:"(?<phrase>[^"]*)"?|(?<word>\S+))/gi;

export interface Part {
  text: string;
  filter: Filter | null;
  /** Without the filter's name and quotes. */
  value: string;
}

export function partsOf(typed: string): Part[] {
  return [...typed.matchAll(PART)].flatMap((match): Part[] => {
    const { filter = "", phrase, word } = match.groups ?? {};
    const value = phrase ?? word ?? "";
    const known = FILTERS.find((each) => each === filter.toLowerCase()) ?? null;
    if (known === null && filter !== "")
      return [{ text: match[0], filter: null, value: `${filter}:${value}` }];
    return value === "" && known === null ? [] : [{ text: match[0], filter: known, value }];
  });
}

/** What was typed with a filter begun at its end. */
export function withFilter(typed: string, filter: string): string {
  const rest = typed.trimEnd();
  return `${rest}${rest === "" ? "" : " "}${filter}:`;
}

/** What was typed without one of its parts. */
export function withoutPart(typed: string, part: string): string {
  return typed
    .replace(part, "")
    .replace(/\s{2,}/g, " ")
    .trim();
}

/** Finds the words that were searched for; null for none. */
export function wordsPattern(typed: string): RegExp | null {
  const words = partsOf(typed)
    .filter((part) => part.filter === null)
    .map((part) => part.value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return words.length === 0 ? null : new RegExp(`(${words.join("|")})`, "giu");
}
