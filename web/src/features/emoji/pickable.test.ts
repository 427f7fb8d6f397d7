import { expect, it } from "vitest";
import type { Emoji } from "../../gateway/protocol";
import type { UnicodeEmoji } from "../../lib/emoji";
import { moved, pickRows, pickSections } from "./pickable";

const picture = (unicode: string, name: string, group: number, skins: string[] = []): UnicodeEmoji => ({
  unicode,
  label: name,
  shortName: name,
  words: name,
  group,
  skins,
});
const all = [
  picture("😀", "grinning", 0),
  picture("👋", "wave", 1, ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"]),
  picture("🍅", "tomato", 4),
];
const own: Emoji[] = [{ id: "60", group_id: "10", name: "trowel", animated: false, creator_id: "2" }];
const choice = { all, own, recent: [] as string[], tone: 0 as const, typed: "" };

it("shows what was used lately, the group's own, then Unicode's groups", () => {
  const sections = pickSections({ ...choice, recent: ["👋🏿", "60", "gone"], tone: 1 });
  expect(sections.map((each) => [each.name, each.items.map((item) => item.key)])).toEqual([
    ["recent", ["👋🏿", "60"]],
    ["own", ["60"]],
    ["0", ["😀"]],
    ["1", ["👋🏻"]],
    ["4", ["🍅"]],
  ]);
});

it("finds by what was typed, the group's own first", () => {
  expect(pickSections({ ...choice, typed: "tro" })[0]?.items.map((each) => each.typed)).toEqual([":trowel:"]);
  expect(pickSections({ ...choice, typed: "tom" })[0]?.items.map((each) => each.typed)).toEqual(["🍅"]);
  expect(pickSections({ ...choice, typed: "zzz" })).toEqual([]);
});

it("moves through rows of different lengths", () => {
  const items = Array.from({ length: 7 }, (_, at) => ({
    key: String(at),
    typed: "",
    label: "",
    shortName: "",
    id: null,
  }));
  const rows = pickRows(
    [
      { name: "a", items: items.slice(0, 4) },
      { name: "b", items: items.slice(4) },
    ],
    3,
  );
  expect(rows.map((row) => (row.kind === "head" ? row.name : row.first))).toEqual(["a", 0, 3, "b", 4]);
  expect(moved(rows, 2, "ArrowDown")).toBe(3);
  expect(moved(rows, 3, "ArrowDown")).toBe(4);
  expect(moved(rows, 5, "ArrowUp")).toBe(3);
  expect(moved(rows, 6, "ArrowRight")).toBe(6);
  expect(moved(rows, 0, "ArrowLeft")).toBe(0);
  expect(moved(rows, 0, "ArrowUp")).toBe(0);
  expect(moved([], 3, "ArrowUp")).toBe(0);
});
