import { describe, expect, it } from "vitest";
import { Permission, type PermissionName } from "./permissions";
import { choiceOf, namesOf, TOPICS, topicsIn, withChoice } from "./permissionTopics";

describe("topics", () => {
  it("hold each permission once", () => {
    const shown = TOPICS.flatMap(({ names }) => names);
    expect([...shown].sort()).toEqual((Object.keys(Permission) as PermissionName[]).sort());
  });

  it("of a channel are those that an overwrite can speak of", () => {
    expect(topicsIn("text").map(({ topic }) => topic)).toEqual(["general", "text", "group"]);
    expect(topicsIn("voice").map(({ topic }) => topic)).toEqual(["general", "voice", "group"]);
    const all = topicsIn("category").flatMap(({ names }) => names);
    expect(all).toHaveLength(13);
    expect(all).not.toContain("administrator");
  });
});

it("names the bits in the order in which they are shown", () => {
  expect(namesOf(Permission.administrator | Permission.view_channel | Permission.speak)).toEqual([
    "view_channel",
    "speak",
    "administrator",
  ]);
});

describe("an overwrite", () => {
  it("allows, denies, or says nothing", () => {
    const allowed = withChoice({ allow: 0, deny: Permission.speak }, "speak", "allow");
    expect(allowed).toEqual({ allow: Permission.speak, deny: 0 });
    expect(choiceOf(allowed, "speak")).toBe("allow");
    const denied = withChoice(allowed, "speak", "deny");
    expect(choiceOf(denied, "speak")).toBe("deny");
    expect(withChoice(denied, "speak", "neutral")).toEqual({ allow: 0, deny: 0 });
    expect(choiceOf(denied, "connect")).toBe("neutral");
  });
});
