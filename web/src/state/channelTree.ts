/** Channels in their categories: how they stand in lists, and how they are moved. Pure. */

import type { Channel, Id } from "../gateway/protocol";
import { compareIds } from "../lib/ids";
import { Permission } from "./permissions";

export interface Branch {
  /** null: of the channels without one, which come first. */
  category: Channel | null;
  channels: readonly Channel[];
}

/** As `PUT .../channels/order` takes it: from the top. */
export interface ChannelPlace {
  id: Id;
  category_id: Id | null;
}

const inOrder = (a: Channel, b: Channel): number => a.position - b.position || compareIds(a.id, b.id);

/** The first branch is the one without a category, though it be empty; a category that is not in sight is none. */
export function channelTree(channels: readonly Channel[]): Branch[] {
  const sorted = [...channels].sort(inOrder);
  const categories = sorted.filter((each) => each.kind === "category");
  const known = new Set(categories.map((each) => each.id));
  const inside = (id: Id | null): Channel[] =>
    sorted.filter(
      (each) =>
        each.kind !== "category" &&
        (id === null ? each.category_id === null || !known.has(each.category_id) : each.category_id === id),
    );
  return [null, ...categories].map((category) => ({ category, channels: inside(category?.id ?? null) }));
}

/** All channels as they stand below one another, categories among them. */
export function rowsOf(tree: readonly Branch[]): Channel[] {
  return tree.flatMap(({ category, channels }) => (category ? [category, ...channels] : channels));
}

export function placesOf(tree: readonly Branch[]): ChannelPlace[] {
  return tree.flatMap(({ category, channels }) => [
    ...(category ? [{ id: category.id, category_id: null }] : []),
    ...channels.map((each) => ({ id: each.id, category_id: category?.id ?? null })),
  ]);
}

/** A private channel is one whose overwrite, or that of its category, keeps everyone from viewing it. */
export function isPrivate(channel: Channel, category: Channel | null | undefined): boolean {
  const everyone = (each: Channel | null | undefined) =>
    each?.overwrites.find(({ target, target_id }) => target === "role" && target_id === each.group_id);
  const own = everyone(channel);
  if (own && (own.deny | own.allow) & Permission.view_channel)
    return (own.deny & Permission.view_channel) !== 0;
  return ((everyone(category)?.deny ?? 0) & Permission.view_channel) !== 0;
}

// ------------------------------------------------------------------------------------------------------------- moving

export type Spot = { at: "before" | "after"; id: Id } | { at: "end"; categoryId: Id | null };

/** The tree with one channel, or a category with all that is in it, elsewhere; null where that changes nothing or cannot be. */
export function moved(tree: readonly Branch[], id: Id, spot: Spot): Branch[] | null {
  if (spot.at !== "end" && spot.id === id) return null;
  const next = tree.some((each) => each.category?.id === id)
    ? moveBranch(tree, id, spot)
    : moveChannel(tree, id, spot);
  return next === null || isSame(next, tree) ? null : next;
}

function moveBranch(tree: readonly Branch[], id: Id, spot: Spot): Branch[] | null {
  const branch = tree.find((each) => each.category?.id === id);
  const others = tree.filter((each) => each !== branch);
  const near = spot.at === "end" ? spot.categoryId : spot.id;
  // Beside a channel means beside the category that it is in.
  const at = others.findIndex(
    ({ category, channels }) =>
      (near === null ? category === null : category?.id === near) ||
      channels.some((each) => each.id === near),
  );
  if (!branch || at === -1) return null;
  const before = spot.at === "before" && others[at]?.category?.id === near;
  return insert(others, before ? at : at + 1, branch);
}

function moveChannel(tree: readonly Branch[], id: Id, spot: Spot): Branch[] | null {
  const channel = tree.flatMap((each) => each.channels).find((each) => each.id === id);
  if (!channel) return null;
  const without = tree.map((each) => ({
    ...each,
    channels: each.channels.filter((other) => other !== channel),
  }));
  const put = (index: number, place: (channels: readonly Channel[]) => Channel[]): Branch[] =>
    without.map((each, at) => (at === index ? { ...each, channels: place(each.channels) } : each));
  if (spot.at === "end") {
    const index = without.findIndex((each) => (each.category?.id ?? null) === spot.categoryId);
    return index === -1 ? null : put(index, (channels) => [...channels, channel]);
  }
  const header = without.findIndex((each) => each.category?.id === spot.id);
  if (header !== -1) {
    // Above a category's name is the end of what stands before it, below its name the beginning of what is in it.
    return spot.at === "after"
      ? put(header, (channels) => [channel, ...channels])
      : put(header - 1, (channels) => [...channels, channel]);
  }
  const index = without.findIndex((each) => each.channels.some((other) => other.id === spot.id));
  if (index === -1) return null;
  return put(index, (channels) => {
    const at = channels.findIndex((each) => each.id === spot.id);
    return insert(channels, spot.at === "before" ? at : at + 1, channel);
  });
}

/** One step up or down: past a neighbour, or into the category beside. */
export function stepped(tree: readonly Branch[], id: Id, by: -1 | 1): Branch[] | null {
  const at = tree.findIndex((each) => each.category?.id === id);
  if (at !== -1) {
    const other = tree[at + by]?.category;
    return other ? moved(tree, id, { at: by < 0 ? "before" : "after", id: other.id }) : null;
  }
  const index = tree.findIndex((each) => each.channels.some((other) => other.id === id));
  const channels = tree[index]?.channels ?? [];
  const neighbour = channels[channels.findIndex((each) => each.id === id) + by];
  if (neighbour) return moved(tree, id, { at: by < 0 ? "before" : "after", id: neighbour.id });
  const beside = tree[index + by];
  if (!beside) return null;
  if (by < 0) return moved(tree, id, { at: "end", categoryId: beside.category?.id ?? null });
  return beside.category ? moved(tree, id, { at: "after", id: beside.category.id }) : null;
}

function insert<T>(list: readonly T[], at: number, item: T): T[] {
  return [...list.slice(0, at), item, ...list.slice(at)];
}

function isSame(one: readonly Branch[], other: readonly Branch[]): boolean {
  const [a, b] = [placesOf(one), placesOf(other)];
  return a.every((each, at) => each.id === b[at]?.id && each.category_id === b[at].category_id);
}
