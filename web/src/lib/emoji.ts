/** The emoji of Unicode, and finding them. */

/** Characters, name, words to find it by (the first is its short name), group, other skins from light to dark. */
export type EmojiRow = [unicode: string, label: string, words: string, group: number, skins?: string[]];

export interface UnicodeEmoji {
  unicode: string;
  label: string;
  /** As in `:smile:`. */
  shortName: string;
  words: string;
  group: number;
  skins: readonly string[];
}

/** 0 is the yellow one, 1 to 5 from light to dark. */
export type SkinTone = 0 | 1 | 2 | 3 | 4 | 5;

export function readEmoji(rows: readonly EmojiRow[]): UnicodeEmoji[] {
  return rows.map(([unicode, label, words, group, skins = []]) => ({
    unicode,
    label,
    shortName: words.split(" ", 1)[0] ?? "",
    words: `${label} ${words}`.toLowerCase(),
    group,
    skins,
  }));
}

export function inTone(emoji: UnicodeEmoji, tone: SkinTone): string {
  return tone === 0 ? emoji.unicode : (emoji.skins[tone - 1] ?? emoji.unicode);
}

/** Those that have a word beginning with each of the words typed; short names that begin so come first. */
export function findEmoji(
  all: readonly UnicodeEmoji[],
  typed: string,
  max = Number.POSITIVE_INFINITY,
): UnicodeEmoji[] {
  const wanted = typed
    .trim()
    .toLowerCase()
    .split(/[\s_]+/)
    .filter(Boolean);
  if (wanted.length === 0) return all.slice(0, max);
  const begins = (words: string, word: string): boolean =>
    words.startsWith(word) || words.includes(` ${word}`) || words.includes(`_${word}`);
  const name = wanted.join("_");
  const rank = (emoji: UnicodeEmoji): number =>
    emoji.shortName === name ? 0 : emoji.shortName.startsWith(name) ? 1 : 2;
  return all
    .filter((emoji) => wanted.every((word) => begins(emoji.words, word)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, max);
}

const loading = new Map<string, Promise<UnicodeEmoji[]>>();

/** All of them, with names in this language. */
export function loadEmoji(language: string): Promise<UnicodeEmoji[]> {
  const key = language === "de" ? "de" : "en";
  let found = loading.get(key);
  if (!found) {
    found = (key === "de" ? import("virtual:emoji/de") : import("virtual:emoji/en")).then((module) =>
      readEmoji(module.default),
    );
    found.catch(() => loading.delete(key));
    loading.set(key, found);
  }
  return found;
}
