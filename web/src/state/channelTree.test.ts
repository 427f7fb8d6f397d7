import { describe, expect, it } from "vitest";
import { channel } from "../../test/samples";
import {
  type Branch,
  channelTree,
  isPrivate,
  moved,
  placesOf,
  rowsOf,
  type Spot,
  stepped,
} from "./channelTree";
import { Permission } from "./permissions";

const category = (id: string, position: number) => channel(id, { kind: "category", position });

/** 1, 2 | a: 3, 4 | b: (empty) | c: 5 */
const tree = channelTree([
  channel("5", { position: 9, category_id: "53" }),
  category("53", 8),
  category("52", 7),
  channel("4", { position: 6, category_id: "51" }),
  channel("3", { position: 5, category_id: "51" }),
  category("51", 4),
  channel("2", { position: 1 }),
  channel("1", { position: 0 }),
]);

/** `1 2 | 51: 3 4` */
const told = (branches: readonly Branch[] | null): string | null =>
  branches
    ?.map(({ category, channels }) =>
      [category && `${category.id}:`, ...channels.map((each) => each.id)].filter(Boolean).join(" "),
    )
    .join(" | ") ?? null;

describe("the tree", () => {
  it("has what is in no category first, and keeps the order", () => {
    expect(told(tree)).toBe("1 2 | 51: 3 4 | 52: | 53: 5");
    expect(rowsOf(tree).map((each) => each.id)).toEqual(["1", "2", "51", "3", "4", "52", "53", "5"]);
    expect(placesOf(tree).slice(2, 4)).toEqual([
      { id: "51", category_id: null },
      { id: "3", category_id: "51" },
    ]);
  });

  it("shows the channels of a category that is not in sight as if they had none", () => {
    expect(told(channelTree([channel("1", { category_id: "99" })]))).toBe("1");
  });

  it("breaks ties by age", () => {
    expect(told(channelTree([channel("10"), channel("9")]))).toBe("9 10");
  });
});

describe("moving", () => {
  const put = (id: string, spot: Spot): string | null => told(moved(tree, id, spot));

  it("puts a channel beside another", () => {
    expect(put("1", { at: "after", id: "2" })).toBe("2 1 | 51: 3 4 | 52: | 53: 5");
    expect(put("1", { at: "before", id: "4" })).toBe("2 | 51: 3 1 4 | 52: | 53: 5");
    expect(put("5", { at: "before", id: "1" })).toBe("5 1 2 | 51: 3 4 | 52: | 53:");
  });

  it("puts a channel into a category, or out of all", () => {
    expect(put("1", { at: "end", categoryId: "52" })).toBe("2 | 51: 3 4 | 52: 1 | 53: 5");
    expect(put("3", { at: "end", categoryId: null })).toBe("1 2 3 | 51: 4 | 52: | 53: 5");
    expect(put("1", { at: "after", id: "51" })).toBe("2 | 51: 1 3 4 | 52: | 53: 5");
    expect(put("5", { at: "before", id: "52" })).toBe("1 2 | 51: 3 4 5 | 52: | 53:");
  });

  it("moves a category with all that is in it, and not into another", () => {
    expect(put("51", { at: "after", id: "53" })).toBe("1 2 | 52: | 53: 5 | 51: 3 4");
    expect(put("53", { at: "before", id: "51" })).toBe("1 2 | 53: 5 | 51: 3 4 | 52:");
    expect(put("53", { at: "after", id: "3" })).toBe("1 2 | 51: 3 4 | 53: 5 | 52:");
    expect(put("53", { at: "before", id: "1" })).toBe("1 2 | 53: 5 | 51: 3 4 | 52:");
  });

  it("is nothing where nothing changes or the place is not there", () => {
    expect(put("1", { at: "before", id: "2" })).toBeNull();
    expect(put("1", { at: "before", id: "1" })).toBeNull();
    expect(put("4", { at: "end", categoryId: "51" })).toBeNull();
    expect(put("1", { at: "end", categoryId: "77" })).toBeNull();
    expect(put("77", { at: "before", id: "1" })).toBeNull();
  });
});

describe("steps", () => {
  const step = (id: string, by: -1 | 1): string | null => told(stepped(tree, id, by));

  it("go past a neighbour", () => {
    expect(step("1", 1)).toBe("2 1 | 51: 3 4 | 52: | 53: 5");
    expect(step("4", -1)).toBe("1 2 | 51: 4 3 | 52: | 53: 5");
  });

  it("go into the category beside", () => {
    expect(step("2", 1)).toBe("1 | 51: 2 3 4 | 52: | 53: 5");
    expect(step("3", -1)).toBe("1 2 3 | 51: 4 | 52: | 53: 5");
    expect(step("5", -1)).toBe("1 2 | 51: 3 4 | 52: 5 | 53:");
  });

  it("take a category past another", () => {
    expect(step("52", -1)).toBe("1 2 | 52: | 51: 3 4 | 53: 5");
    expect(step("51", 1)).toBe("1 2 | 52: | 51: 3 4 | 53: 5");
  });

  it("end at the ends", () => {
    expect(step("1", -1)).toBeNull();
    expect(step("5", 1)).toBeNull();
    expect(step("51", -1)).toBeNull();
    expect(step("53", 1)).toBeNull();
  });
});

describe("a private channel", () => {
  const hidden = { target: "role", target_id: "10", allow: 0, deny: Permission.view_channel } as const;
  const shown = { target: "role", target_id: "10", allow: Permission.view_channel, deny: 0 } as const;

  it("is one that everyone may not view, by itself or by its category", () => {
    expect(isPrivate(channel("1"), null)).toBe(false);
    expect(isPrivate(channel("1", { overwrites: [hidden] }), null)).toBe(true);
    expect(isPrivate(channel("1"), channel("2", { overwrites: [hidden] }))).toBe(true);
    expect(isPrivate(channel("1", { overwrites: [shown] }), channel("2", { overwrites: [hidden] }))).toBe(
      false,
    );
  });

  it("is none that a single role may not view", () => {
    expect(isPrivate(channel("1", { overwrites: [{ ...hidden, target_id: "21" }] }), undefined)).toBe(false);
  });
});
