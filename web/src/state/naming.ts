/**
 * Names in what people type, and what is sent instead: `@boris` is `<@2>`, `#general` is `<#11>`, `:wave:` is `<:wave:4>`. Code is
 * left as it is. Pure.
 */

import type { Id, Section } from "../gateway/protocol";
import { namedIn } from "../lib/markdown";
import { memberIn } from "./places";
import type { World } from "./world";

/** What was chosen from a list while typing, and what it stands for. */
export type Picked = Readonly<Record<string, string>>;

/** Finds what a sign and a name stand for in a place; null for nothing. */
export type Lookup = (sign: "@" | "#" | ":", name: string) => string | null;

const NAME = /[a-z0-9_.-]{1,64}/iy;
const CODE_OR_SIGN = /(`+)[\s\S]*?\1|\\[\s\S]|<[@#:][^>\s]*>|[@#:]/g;
const WORD = /[\p{L}\p{N}_]/u;

/** A text as it is sent. */
export function encode(text: string, picked: Picked, lookup: Lookup): string {
  const labels = Object.keys(picked).sort((a, b) => b.length - a.length);
  let sent = "";
  let done = 0;
  for (const { 0: sign, index } of text.matchAll(CODE_OR_SIGN)) {
    if (index < done || sign.length > 1 || WORD.test(text[index - 1] ?? "")) continue;
    const label = labels.find(
      (each) =>
        text.startsWith(each, index) && (each.endsWith(":") || !WORD.test(text[index + each.length] ?? "")),
    );
    const found =
      label === undefined
        ? lookedUp(text, index, sign as "@" | "#" | ":", lookup)
        : { length: label.length, token: picked[label] ?? label };
    if (found === null) continue;
    sent += text.slice(done, index) + found.token;
    done = index + found.length;
  }
  return sent + text.slice(done);
}

function lookedUp(
  text: string,
  at: number,
  sign: "@" | "#" | ":",
  lookup: Lookup,
): { length: number; token: string } | null {
  NAME.lastIndex = at + 1;
  let name = NAME.exec(text)?.[0] ?? "";
  const end = sign === ":" ? 1 : 0;
  // A dot or dash at the end may belong to the sentence.
  for (; name !== ""; name = name.slice(0, -1)) {
    const closed = sign !== ":" || text[at + 1 + name.length] === ":";
    const token = closed ? lookup(sign, name) : null;
    if (token !== null) return { length: 1 + name.length + end, token };
    if (sign === ":" || !/[.-]$/.test(name)) return null;
  }
  return null;
}

/** A text that was sent, as it would be typed, and what the names in it stand for. */
export function decode(
  text: string,
  name: (token: Named) => string | null,
): { text: string; picked: Picked } {
  const picked: Record<string, string> = {};
  const typed = namedIn(text).reduceRight((rest, { from, to, node }) => {
    if (node.type === "broadcast") return rest;
    const token = text.slice(from, to);
    const label = name(node);
    // Two of the same name cannot be told apart by it: the second keeps its id.
    if (label === null || (picked[label] ?? token) !== token) return rest;
    picked[label] = token;
    return rest.slice(0, from) + label + rest.slice(to);
  }, text);
  return { text: typed, picked };
}

export type Named = Exclude<ReturnType<typeof namedIn>[number]["node"], { type: "broadcast" }>;

/** Sections with the names in their texts as they are sent. */
export function encodeSections<S extends Section>(
  sections: readonly S[],
  picked: Picked,
  lookup: Lookup,
): S[] {
  return sections.map((section) =>
    section.kind === "text" ? { ...section, text: encode(section.text, picked, lookup) } : section,
  );
}

/** What names stand for in a place. */
export function lookupIn(world: World, placeId: Id): Lookup {
  const groupId = world.channels[placeId]?.group_id ?? null;
  const group = groupId === null ? undefined : world.groups[groupId];
  const members = world.conversations[placeId]?.member_ids;
  const isHere = (user: Id): boolean =>
    members?.includes(user) ?? memberIn(world, groupId, user) !== undefined;
  return (sign, name) => {
    const wanted = name.toLowerCase();
    if (sign === ":") {
      const emoji = group?.emojis.find((each) => each.name === name);
      return emoji ? `<:${emoji.name}:${emoji.id}>` : null;
    }
    if (sign === "#") {
      const channel = Object.values(world.channels).find(
        (each) => each.group_id === groupId && each.kind !== "category" && each.name.toLowerCase() === wanted,
      );
      return channel ? `<#${channel.id}>` : null;
    }
    const user = Object.values(world.users).find((each) => each.username === wanted && isHere(each.id));
    if (user) return `<@${user.id}>`;
    const role = group?.roles.find((each) => each.id !== groupId && each.name.toLowerCase() === wanted);
    return role ? `<@&${role.id}>` : null;
  };
}

/** How what is named in a place is typed. */
export function namesIn(world: World, placeId: Id): (token: Named) => string | null {
  const groupId = world.channels[placeId]?.group_id;
  const group = groupId === undefined ? undefined : world.groups[groupId];
  return (token) => {
    if (token.type === "emoji") return `:${token.name}:`;
    if (token.kind === "user") return prefixed("@", world.users[token.id]?.username);
    if (token.kind === "channel") return prefixed("#", world.channels[token.id]?.name);
    return prefixed("@", group?.roles.find((each) => each.id === token.id)?.name);
  };
}

const prefixed = (sign: string, name: string | undefined): string | null =>
  name === undefined ? null : `${sign}${name}`;
