import { describe, expect, it } from "vitest";
import { boris, channel, chloe, groupView, member, ready, role } from "../../test/samples";
import { decode, encode, encodeSections, lookupIn, namesIn } from "./naming";
import { applyReady, emptyWorld, withMembers } from "./world";

const world = {
  ...applyReady(
    emptyWorld,
    ready({
      users: [boris, chloe],
      groups: [
        groupView({
          channels: [channel("11", { name: "general" }), channel("13", { name: "off-topic" })],
          roles: [role("10"), role("20", { name: "gardeners" }), role("21", { name: "night watch" })],
          emojis: [{ id: "60", group_id: "10", name: "trowel", animated: false, creator_id: "2" }],
        }),
      ],
    }),
  ),
  memberships: withMembers({}, [member(boris.id)]),
};
const sent = (text: string, picked = {}): string => encode(text, picked, lookupIn(world, "11"));

describe("what is sent", () => {
  it.each([
    ["hi @boris!", "hi <@2>!"],
    ["@Boris, @boris.", "<@2>, <@2>."],
    ["see #off-topic and #general.", "see <#13> and <#11>."],
    ["@gardeners dig :trowel:", "<@&20> dig <:trowel:60>"],
    ["@anna is me", "<@1> is me"],
    ["**@boris** (@boris)", "**<@2>** (<@2>)"],
  ])("%s", (typed, expected) => {
    expect(sent(typed)).toBe(expected);
  });

  it.each([
    "mail boris@boris.org",
    "`@boris`",
    "`` ` @boris ``",
    "\\@boris",
    "@chloe is not here",
    "@borisx #generally :trowelx: 12:30:45",
    "<@2> <#11> <:trowel:60>",
    "@everyone",
    "@",
  ])("nothing else: %s", (typed) => {
    expect(sent(typed)).toBe(typed);
  });

  it("what was picked, names of several words too, the longest first", () => {
    const picked = { "@night watch": "<@&21>", "@night": "<@7>" };
    expect(sent("@night watch and @night and @nights", picked)).toBe("<@&21> and <@7> and @nights");
  });

  it("names in texts alone", () => {
    const sections = [
      { kind: "text", text: "@boris" },
      { kind: "code", code: "@boris", language: "" },
    ] as const;
    expect(encodeSections(sections, {}, lookupIn(world, "11"))).toEqual([
      { kind: "text", text: "<@2>" },
      { kind: "code", code: "@boris", language: "" },
    ]);
  });
});

describe("what was sent, for editing", () => {
  const typed = (text: string) => decode(text, namesIn(world, "11"));

  it("is what one would type, and means the same again", () => {
    const text = "<@2>, <@&21>: see <#13> <:trowel:60> @here `<@2>`";
    const back = typed(text);
    expect(back.text).toBe("@boris, @night watch: see #off-topic :trowel: @here `<@2>`");
    expect(sent(back.text, back.picked)).toBe(text);
  });

  it("keeps ids of whom it does not know, and of a second one of the same name", () => {
    expect(typed("<@99> <:trowel:60> <:trowel:61>").text).toBe("<@99> <:trowel:60> :trowel:");
  });
});
