import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/permissions.json";
import type { Channel, Group, Member, Role } from "../gateway/protocol";
import { may, Permission, permissionsOf } from "./permissions";

interface Vector {
  name: string;
  now_ms: number;
  group: Group;
  roles: Role[];
  channels: Channel[];
  member: Member;
  expected: { group: number; channels: Record<string, number> };
}

describe("the shared vectors", () => {
  it("are there", () => {
    expect(vectors.length).toBeGreaterThan(100);
  });

  it.each(vectors as Vector[])("$name", ({ now_ms, group, roles, channels, member, expected }) => {
    const standing = { group, roles, member };
    expect(permissionsOf(standing, null, now_ms)).toBe(expected.group);
    const found = Object.fromEntries(
      channels.map((each) => {
        const category = channels.find((other) => other.id === each.category_id) ?? null;
        return [each.id, permissionsOf(standing, each, now_ms, category)];
      }),
    );
    expect(found).toEqual(expected.channels);
  });
});

it("reads single bits", () => {
  expect(may(Permission.connect | Permission.speak, "speak")).toBe(true);
  expect(may(Permission.connect, "speak")).toBe(false);
});
