import { expect, it } from "vitest";
import { rosterRows } from "./rosterRows";

it("puts a heading before those of each section, and none before nobody", () => {
  const rows = rosterRows(
    [
      { role_id: "21", online: true, count: 1 },
      { role_id: null, online: true, count: 3 },
      { role_id: null, online: false, count: 40 },
    ],
    [
      { userId: "1", head: "21" },
      { userId: "2", head: "online" },
      { userId: "3", head: "online" },
    ],
  );
  expect(rows.map((each) => (each.kind === "heading" ? (each.section.role_id ?? "-") : each.userId))).toEqual(
    ["21", "1", "-", "2", "3"],
  );
  expect(rows[0]).toMatchObject({ kind: "heading", section: { count: 1 } });
});
