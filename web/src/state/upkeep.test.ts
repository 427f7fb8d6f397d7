import { describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { boris, channel, groupView, me, member, ready, role } from "../../test/samples";
import type { Administration } from "../gateway/administration";
import type { Channel } from "../gateway/protocol";
import { type Branch, channelTree, moved } from "./channelTree";
import { Upkeep } from "./upkeep";
import { applyEvent, applyReady, emptyWorld, type World } from "./world";

const channels = [
  channel("11", { position: 3 }),
  channel("12", { position: 8 }),
  channel("13", { kind: "category", position: 20 }),
];
const roles = [role("10", { name: "everyone" }), role("21", { position: 5 }), role("22", { position: 9 })];

/** Each method of REST answers with what it is given here. */
function setUp(answers: Partial<Record<keyof Administration, unknown>> = {}, api: object = {}) {
  const world = createStore<World>(() =>
    applyReady(emptyWorld, ready({ groups: [groupView({ channels, roles })] })),
  );
  const rest = Object.fromEntries(
    Object.entries(answers).map(([name, fn]) => [name, vi.fn(fn as () => unknown)]),
  );
  const upkeep = new Upkeep(world, api as never, rest as unknown as Administration, () => 0);
  const tree = (): Branch[] => channelTree(Object.values(world.getState().channels));
  const shown = (): string[] =>
    tree().flatMap(({ category, channels: inside }) => [
      ...(category ? [`${category.id}:`] : []),
      ...inside.map((each) => each.id),
    ]);
  return { world, rest, upkeep, tree, shown };
}

const intoCategory = (tree: readonly Branch[]): Branch[] =>
  moved(tree, "11", { at: "end", categoryId: "13" }) as Branch[];

describe("the order of channels", () => {
  it("is seen at once, and is what the server made of it in the end", async () => {
    let answer: (channels: { channels: Channel[] }) => void = () => undefined;
    const { upkeep, rest, tree, shown, world } = setUp({
      orderChannels: () => new Promise((resolve) => (answer = resolve)),
    });
    const done = upkeep.orderChannels("10", intoCategory(tree()), "tidy");
    expect(shown()).toEqual(["12", "13:", "11"]);
    expect(rest["orderChannels"]).toHaveBeenCalledWith(
      "10",
      [
        { id: "12", category_id: null },
        { id: "13", category_id: null },
        { id: "11", category_id: "13" },
      ],
      "tidy",
    );
    answer({ channels: [channel("11", { position: 24, category_id: "13" })] });
    await done;
    expect(shown()).toEqual(["12", "13:", "11"]);
    // The others keep the places that the server has for them.
    expect(world.getState().channels["12"]?.position).toBe(8);
    expect(world.getState().channels["11"]?.position).toBe(24);
  });

  it("goes back where the server refuses, save for what was told meanwhile", async () => {
    let refuse: (error: Error) => void = () => undefined;
    const { upkeep, tree, shown, world } = setUp({
      orderChannels: () => new Promise((_, reject) => (refuse = reject)),
    });
    const done = upkeep.orderChannels("10", intoCategory(tree()));
    world.setState((now) =>
      applyEvent(
        now,
        {
          type: "channel.update",
          channel: channel("12", { name: "new", position: 1 }),
          cursor: null,
          voice: [],
        },
        0,
      ),
    );
    refuse(new Error("no"));
    await expect(done).rejects.toThrow("no");
    expect(shown()).toEqual(["12", "11", "13:"]);
    expect(world.getState().channels["12"]?.name).toBe("new");
  });
});

describe("the order of roles", () => {
  const positions = (world: World): Record<string, number> =>
    Object.fromEntries((world.groups["10"]?.roles ?? []).map((each) => [each.id, each.position]));

  it("is seen at once, and is what the server made of it in the end", async () => {
    const { upkeep, world } = setUp({
      orderRoles: async () => ({ roles: [role("21", { position: 14 })] }),
    });
    const done = upkeep.orderRoles("10", ["21", "22"]);
    expect(positions(world.getState())).toEqual({ "10": 0, "21": 2, "22": 1 });
    await done;
    expect(positions(world.getState())).toEqual({ "10": 0, "21": 14, "22": 9 });
  });

  it("goes back where the server refuses", async () => {
    const { upkeep, world } = setUp({ orderRoles: () => Promise.reject(new Error("no")) });
    await expect(upkeep.orderRoles("10", ["21", "22"])).rejects.toThrow("no");
    expect(positions(world.getState())).toEqual({ "10": 0, "21": 5, "22": 9 });
  });
});

describe("what REST answers is shown", () => {
  it("of members, oneself among them", async () => {
    const { upkeep, world } = setUp(
      { giveRole: async () => member(me.id, { role_ids: ["21"] }) },
      { setNickname: vi.fn(async (_group: string, user: string) => member(user === "@me" ? me.id : user)) },
    );
    await upkeep.setRole("10", me.id, "21", true);
    expect(world.getState().groups["10"]?.member.role_ids).toEqual(["21"]);
    await upkeep.setNickname("10", me.id, null);
    await upkeep.setNickname("10", boris.id, "Bo");
    expect(world.getState().memberships["10"]?.[boris.id]).toBeDefined();
  });

  it("of channels, roles and emoji, until they are deleted", async () => {
    const emoji = { id: "61", group_id: "10", name: "bee", animated: false, creator_id: me.id };
    const { upkeep, world } = setUp(
      {
        createRole: async () => role("23"),
        deleteRole: async () => undefined,
        createEmoji: async () => emoji,
        deleteEmoji: async () => undefined,
        setOverwrite: async () => channel("11", { topic: "set" }),
      },
      {
        createChannel: async () => channel("14"),
        deleteChannel: async () => undefined,
        renameGroup: async () => ({ id: "10", name: "Meadow", owner_id: boris.id }),
      },
    );
    await upkeep.rename("10", "Meadow");
    const made = await upkeep.createChannel("10", { name: "x", kind: "text" });
    await upkeep.createRole("10", { name: "x" });
    await upkeep.createEmoji("10", "bee", new Blob());
    await upkeep.setOverwrite("11", { target: "role", target_id: "10", allow: 0, deny: 1 });
    expect(world.getState().groups["10"]).toMatchObject({ group: { name: "Meadow" }, emojis: [emoji] });
    expect(world.getState().groups["10"]?.roles).toHaveLength(4);
    expect(world.getState().channels).toMatchObject({ "11": { topic: "set" }, "14": { id: "14" } });
    await upkeep.deleteChannel(made);
    await upkeep.deleteRole("10", "23");
    await upkeep.deleteEmoji(emoji);
    expect(world.getState().channels["14"]).toBeUndefined();
    expect(world.getState().groups["10"]).toMatchObject({ emojis: [] });
    expect(world.getState().groups["10"]?.roles).toHaveLength(3);
  });
});

describe("appointing moderators", () => {
  it("gives the role that a group has for it", async () => {
    const { upkeep, rest } = setUp({ giveRole: async () => member(boris.id) });
    await upkeep.appoint("10", boris.id, role("22"));
    expect(rest["giveRole"]).toHaveBeenCalledWith("10", boris.id, "22", undefined);
  });

  it("makes one where there is none", async () => {
    const { upkeep, rest } = setUp({
      createRole: async () => role("23"),
      giveRole: async () => member(boris.id),
    });
    await upkeep.appoint("10", boris.id, null);
    expect(rest["createRole"]).toHaveBeenCalledWith(
      "10",
      expect.objectContaining({ hoisted: true }),
      undefined,
    );
    expect(rest["giveRole"]).toHaveBeenCalledWith("10", boris.id, "23", undefined);
  });
});
