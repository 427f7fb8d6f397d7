import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id, User } from "../../gateway/protocol";
import { findEmoji, inTone, loadEmoji, type UnicodeEmoji } from "../../lib/emoji";
import { likeness } from "../../lib/likeness";
import { memberIn, nameIn, type Place } from "../../state/places";
import type { Token } from "../../state/suggest";
import { type World, withMembers, withUsers } from "../../state/world";
import { useMay, useParley, useSettings, useWorld } from "../parley";

export interface Candidate {
  key: string;
  kind: "user" | "role" | "broadcast" | "channel" | "emoji";
  /** What is put into the text. */
  label: string;
  /** What it stands for; null where the label is the thing itself. */
  token: string | null;
  title: string;
  hint: string;
  /** Of a user, a channel, or a group's own emoji. */
  id: Id | null;
  colour: number | null;
}

const SHOWN = 8;
const ASK_AFTER_MS = 150;

/** What could complete a token, the most likely first. */
export function useCandidates(token: Token, place: Place): Candidate[] {
  const world = useWorld((each) => each);
  const many = useMay(place.groupId, place.id)("mention_everyone") && place.kind !== "direct";
  const emoji = useEmoji(token.sign === ":");
  const tone = useSettings((settings) => settings.skinTone);
  const { t } = useTranslation();
  useAskedMembers(token, place);
  return useMemo(() => {
    if (token.sign === "#") return channels(world, place, token.typed);
    if (token.sign === "@") {
      const broadcasts = many ? [broadcast("everyone", t), broadcast("here", t)] : [];
      return mentions(world, place, token.typed, many, broadcasts);
    }
    const own = place.groupId === null ? [] : (world.groups[place.groupId]?.emojis ?? []);
    const wanted = token.typed.toLowerCase();
    const mine = own
      .filter((each) => each.name.toLowerCase().includes(wanted))
      .map(
        (each): Candidate => ({
          ...plain("emoji", each.id, `:${each.name}:`),
          token: `<:${each.name}:${each.id}>`,
          title: `:${each.name}:`,
        }),
      );
    const found = findEmoji(emoji, wanted, SHOWN).map(
      (each): Candidate => ({
        ...plain("emoji", null, inTone(each, tone)),
        key: each.unicode,
        title: `:${each.shortName}:`,
      }),
    );
    return [...mine, ...found].slice(0, SHOWN);
  }, [world, place, token.sign, token.typed, many, emoji, tone, t]);
}

const plain = (kind: Candidate["kind"], id: Id | null, label: string): Candidate => ({
  key: id ?? label,
  kind,
  label,
  token: null,
  title: label,
  hint: "",
  id,
  colour: null,
});

const broadcast = (who: "everyone" | "here", t: (key: string) => string): Candidate => ({
  ...plain("broadcast", null, `@${who}`),
  hint: t(`mention.${who}`),
});

function channels(world: World, place: Place, typed: string): Candidate[] {
  const all = Object.values(world.channels)
    .filter((each) => each.group_id === place.groupId && each.kind !== "category")
    .map(
      (each): Candidate => ({
        ...plain("channel", each.id, `#${each.name}`),
        token: `<#${each.id}>`,
        title: each.name,
        hint: each.topic,
      }),
    );
  return best(all, typed, (each) => [each.title]);
}

function mentions(
  world: World,
  place: Place,
  typed: string,
  many: boolean,
  broadcasts: readonly Candidate[],
): Candidate[] {
  const people = peopleOf(world, place).map(
    (user): Candidate => ({
      ...plain("user", user.id, `@${user.username}`),
      token: `<@${user.id}>`,
      title: nameIn(world, place.groupId, user.id),
      hint: `@${user.username}`,
    }),
  );
  const roles = (place.groupId === null ? [] : (world.groups[place.groupId]?.roles ?? []))
    .filter((role) => role.id !== place.groupId && (role.mentionable || many))
    .map(
      (role): Candidate => ({
        ...plain("role", role.id, `@${role.name}`),
        token: `<@&${role.id}>`,
        title: role.name,
        colour: role.colour,
      }),
    );
  return best([...people, ...roles, ...broadcasts], typed, (each) => [each.title, each.label.slice(1)]);
}

/** Members that are known, those who wrote last first. */
function peopleOf(world: World, place: Place): User[] {
  const conversation = world.conversations[place.id];
  const ids = conversation
    ? conversation.member_ids
    : Object.keys(place.groupId === null ? {} : (world.memberships[place.groupId] ?? {}));
  const me = world.me?.id ?? "";
  const writers = (world.histories[place.id]?.messages ?? []).map((each) => each.author_id).reverse();
  const recent = writers.filter((each) => memberIn(world, place.groupId, each) || ids.includes(each));
  const blocked = (id: Id): boolean => world.relations[id]?.kind === "blocked";
  return [...new Set([...recent, ...ids])]
    .filter((id) => id !== me && !blocked(id))
    .flatMap((id) => world.users[id] ?? []);
}

function best(all: readonly Candidate[], typed: string, names: (each: Candidate) => string[]): Candidate[] {
  return all
    .map((each, at) => ({ each, at, score: Math.max(...names(each).map((name) => likeness(name, typed))) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, SHOWN)
    .map(({ each }) => each);
}

/** Members of a large group are asked for by the beginning of their names. */
function useAskedMembers({ sign, typed }: Token, { groupId }: Place): void {
  const parley = useParley();
  useEffect(() => {
    if (sign !== "@" || groupId === null) return;
    const timer = setTimeout(() => {
      const asked =
        typed === "" ? parley.api.members(groupId, null, 25) : parley.api.searchMembers(groupId, typed);
      asked
        .then((page) =>
          parley.world.setState((world) => ({
            users: withUsers(world.users, page.users),
            memberships: withMembers(world.memberships, page.members),
          })),
        )
        // Those who are known already are there in any case.
        .catch(() => undefined);
    }, ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [parley, sign, typed, groupId]);
}

const NO_EMOJI: readonly UnicodeEmoji[] = [];

function useEmoji(wanted: boolean): readonly UnicodeEmoji[] {
  const { i18n } = useTranslation();
  const [all, setAll] = useState(NO_EMOJI);
  useEffect(() => {
    if (!wanted) return;
    let shown = true;
    loadEmoji(i18n.language)
      .then((found) => shown && setAll(found))
      .catch(() => undefined);
    return () => {
      shown = false;
    };
  }, [wanted, i18n.language]);
  return all;
}
