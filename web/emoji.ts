/** Gives the client the emoji of Unicode as `virtual:emoji/<language>`: of emojibase's data only what the picker shows. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

interface Compact {
  label: string;
  hexcode: string;
  unicode: string;
  tags?: string[];
  group?: number;
  order?: number;
  skins?: { unicode: string }[];
}
type Shortcodes = Record<string, string | string[]>;

const NAME = "virtual:emoji/";
/** Parts that make no sense alone: hair, skin. */
const COMPONENTS = 2;
const require = createRequire(import.meta.url);
const read = <T>(path: string): T =>
  JSON.parse(readFileSync(require.resolve(`emojibase-data/${path}`), "utf8"));

/** As Unicode spells it in full; emojibase adds the sign for "as a picture" where it says nothing new, too. */
const spelled = (unicode: string): string => unicode.replace(/(\p{Emoji_Presentation})\ufe0f/gu, "$1");

/** One emoji each: the characters, its name, words to find it by (the first is its short name), its group, other skins. */
function emojiOf(language: string): unknown[] {
  const shortcodes = read<Shortcodes>("en/shortcodes/emojibase.json");
  return read<Compact[]>(`${language}/compact.json`)
    .filter((each) => each.group !== undefined && each.group !== COMPONENTS)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ unicode, label, hexcode, tags = [], group, skins = [] }) => {
      const words = [shortcodes[hexcode] ?? label].flat();
      const found = [...words, ...tags].join(" ");
      const row = [spelled(unicode), label, found, group];
      return skins.length === 0 ? row : [...row, skins.slice(0, 5).map((each) => spelled(each.unicode))];
    });
}

export function emojiData(): Plugin {
  return {
    name: "emoji-data",
    resolveId: (id) => (id.startsWith(NAME) ? `\0${id}` : null),
    load: (id) => {
      if (!id.startsWith(`\0${NAME}`)) return null;
      // Engines read a long JSON text faster than the same as code.
      const text = JSON.stringify(emojiOf(id.slice(NAME.length + 1)));
      return `export default JSON.parse(${JSON.stringify(text)});`;
    },
  };
}
