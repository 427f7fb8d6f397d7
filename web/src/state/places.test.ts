import { expect, it } from "vitest";
import { boris, chloe, conversation, cursor, groupView, me, member, ready, role } from "../../test/samples";
import { byActivity, colourIn, conversationName, nameIn, placeOf } from "./places";
import { applyReady, emptyWorld, withMembers } from "./world";

const direct = conversation("80");
const three = conversation("81", { kind: "group", member_ids: ["1", "2", "3"] });
const world = applyReady(
  emptyWorld,
  ready({
    groups: [
      groupView({
        roles: [
          role("10", { colour: 0x111111 }),
          role("20", { position: 1, colour: 0x222222 }),
          role("21", { position: 2 }),
        ],
      }),
    ],
    conversations: [direct, three].map((each) => ({
      conversation: each,
      cursor: cursor(each.id),
      last_message: null,
    })),
    users: [boris, chloe],
  }),
);
const known = {
  ...world,
  memberships: withMembers({}, [member("2", { nickname: "Bob", role_ids: ["20", "21"] }), member("3")]),
};

it("names people by their nickname in a group, and everywhere else by their own name", () => {
  expect(nameIn(known, "10", "2")).toBe("Bob");
  expect(nameIn(known, "10", "3")).toBe("Chloe");
  expect(nameIn(known, null, "2")).toBe("Boris");
  expect(nameIn(known, "10", me.id)).toBe("Anna");
  expect(nameIn(known, "10", "99")).toBe("…");
});

it("takes the colour of the highest role that has one", () => {
  expect(colourIn(known, "10", "2")).toBe(0x222222);
  expect(colourIn(known, "10", "3")).toBe(0x111111);
  expect(colourIn(known, null, "2")).toBeNull();
});

it("names conversations by the others, unless they have a name", () => {
  expect(conversationName(world, direct)).toBe("Boris");
  expect(conversationName(world, three)).toBe("Boris, Chloe");
  expect(conversationName(world, { ...three, name: "Trio" })).toBe("Trio");
});

it("finds a place by its id, in a group or outside", () => {
  expect(placeOf(world, "11")).toMatchObject({ kind: "channel", groupId: "10", name: "channel-11" });
  expect(placeOf(world, "81")).toMatchObject({ kind: "group", groupId: null });
  expect(placeOf(world, "99")).toBeNull();
});

it("puts the latest activity first; one without messages counts from when it was made", () => {
  const order = byActivity([
    conversation("5", { last_message_id: "50" }),
    conversation("60"),
    conversation("7", { last_message_id: "100" }),
  ]);
  expect(order.map((each) => each.id)).toEqual(["7", "60", "5"]);
});
