import { describe, expect, it } from "vitest";
import { boris, channel, chloe, groupView, me, member, message, ready, voiceState } from "../../test/samples";
import type { GatewayEvent, Role } from "../gateway/protocol";
import { beginLoad, emptyHistory, endLoad } from "./history";
import { applyEvent, applyReady, emptyWorld, type MemberList, TYPING_MS, type World } from "./world";

const NOW = 1_000;
const start = (): World => applyReady(emptyWorld, ready());
const told = (world: World, ...events: GatewayEvent[]): World =>
  events.reduce((each, event) => applyEvent(each, event, NOW), world);

function withHistory(world: World, ...ids: string[]): World {
  const page = { messages: ids.map((id) => message(id)), users: [], has_before: false, has_after: false };
  return { ...world, histories: { "11": endLoad(beginLoad(emptyHistory, "page"), page) } };
}

function withMembers(world: World, more: Partial<MemberList> = {}): World {
  const byId = { [me.id]: member(me.id), [boris.id]: member(boris.id, { role_ids: ["20"] }) };
  const list: MemberList = { byId, next: boris.id, complete: true, loading: false, failed: false, ...more };
  return { ...world, members: { "10": list } };
}

const role: Role = { id: "20", group_id: "10", name: "gardeners", permissions: 8, position: 1 };

describe("a snapshot", () => {
  it("fills the world", () => {
    const world = start();
    expect(world.loaded).toBe(true);
    expect(world.me).toEqual(me);
    expect(Object.keys(world.channels)).toEqual(["11", "12"]);
    expect(world.cursors["11"]).toEqual({ channel_id: "11", last_read_id: "100", unread: 0 });
    expect(world.voice["12"]).toEqual([]);
    expect(world.users[boris.id]).toEqual(boris);
  });

  it("replaces all that was, but keeps what is on its way, and marks messages as stale", () => {
    const outgoing = {
      nonce: "n",
      channelId: "11",
      sections: [],
      sinceMs: 0,
      state: "pending",
      error: null,
      errorMessage: null,
    } as const;
    const before: World = {
      ...withMembers(withHistory(start(), "100")),
      outbox: { "11": [outgoing as never] },
      typing: { "11": { "2": 5 } },
      quoted: { "100": null },
    };
    const world = applyReady(
      before,
      ready({ groups: [groupView({ channels: [channel("11")], cursors: [] })] }),
    );
    expect(world.outbox).toBe(before.outbox);
    expect(world.histories["11"]).toMatchObject({ fresh: false, messages: [message("100")] });
    expect(world.channels["12"]).toBeUndefined();
    expect(world.members).toEqual({});
    expect(world.typing).toEqual({});
    expect(world.quoted).toEqual({});
  });
});

describe("events", () => {
  it("user.update changes somebody, and oneself", () => {
    const world = told(
      start(),
      { type: "user.update", user: { ...boris, display_name: "B" } },
      {
        type: "user.update",
        user: { id: me.id, username: "anna", display_name: "A" },
      },
    );
    expect(world.users[boris.id]?.display_name).toBe("B");
    expect(world.me).toEqual({ ...me, display_name: "A" });
  });

  it("group.join, group.update and group.leave", () => {
    const view = groupView({
      group: { id: "50", name: "Choir", owner_id: me.id },
      channels: [channel("51", { group_id: "50" })],
      cursors: [{ channel_id: "51", last_read_id: null, unread: 4 }],
    });
    let world = told(start(), { type: "group.join", view });
    expect(world.groups["50"]?.memberCount).toBe(2);
    expect(world.cursors["51"]?.unread).toBe(4);
    world = told(world, { type: "group.update", group: { id: "50", name: "Big choir", owner_id: me.id } });
    expect(world.groups["50"]?.group.name).toBe("Big choir");
    world = told(withHistory(world, "100"), { type: "group.leave", group_id: "10" });
    expect(Object.keys(world.groups)).toEqual(["50"]);
    expect(Object.keys(world.channels)).toEqual(["51"]);
    expect(world.cursors["11"]).toBeUndefined();
    expect(world.histories["11"]).toBeUndefined();
    expect(told(world, { type: "group.update", group: { id: "10", name: "?", owner_id: "2" } })).toEqual(
      world,
    );
  });

  it("channel.update makes a channel, with a cursor of its own", () => {
    const world = told(start(), { type: "channel.update", channel: channel("13"), cursor: null, voice: [] });
    expect(world.cursors["13"]).toEqual({ channel_id: "13", last_read_id: null, unread: 0 });
  });

  it("channel.update of a known channel keeps cursor, voice, and what was written last as the events tell it", () => {
    const world = told(
      told(start(), { type: "voice.update", state: voiceState("2", 7) }),
      {
        type: "channel.update",
        channel: channel("11", { name: "new", last_message_id: "105" }),
        cursor: null,
        voice: [],
      },
      {
        type: "channel.update",
        channel: channel("12", { kind: "voice", name: "v" }),
        cursor: null,
        voice: [],
      },
    );
    expect(world.channels["11"]).toMatchObject({ name: "new", last_message_id: "100" });
    expect(world.cursors["11"]?.last_read_id).toBe("100");
    expect(world.voice["12"]).toHaveLength(1);
    const counted = told(world, { type: "message.create", message: message("105"), author: boris });
    expect(counted.cursors["11"]?.unread).toBe(1);
  });

  it("channel.update of one that came into view takes all that is told", () => {
    const cursor = { channel_id: "13", last_read_id: "3", unread: 2 };
    const world = told(
      start(),
      { type: "channel.update", channel: channel("13", { last_message_id: "9" }), cursor, voice: [] },
      {
        type: "channel.update",
        channel: channel("14", { kind: "voice" }),
        cursor: null,
        voice: [voiceState("2", 7, { channel_id: "14" })],
      },
    );
    expect(world.cursors["13"]).toEqual(cursor);
    expect(world.channels["13"]?.last_message_id).toBe("9");
    expect(world.voice["14"]).toHaveLength(1);
  });

  it("channel.delete forgets everything of it", () => {
    const world = told(withHistory(start(), "100"), {
      type: "channel.delete",
      group_id: "10",
      channel_id: "11",
    });
    expect(world.channels["11"]).toBeUndefined();
    expect(world.cursors["11"]).toBeUndefined();
    expect(world.histories["11"]).toBeUndefined();
  });

  it("role.update and role.delete, which also drops it from members and overwrites", () => {
    const overwrite = { target: "role", target_id: "20", allow: 1, deny: 0 } as const;
    let world = told(
      withMembers(start()),
      { type: "role.update", role },
      { type: "role.update", role: { ...role, name: "weeders" } },
      {
        type: "channel.update",
        channel: channel("11", { overwrites: [overwrite, { ...overwrite, target: "member" }] }),
        cursor: null,
        voice: [],
      },
      { type: "member.update", member: member(me.id, { role_ids: ["20"] }) },
    );
    expect(world.groups["10"]?.roles.map((each) => each.name)).toEqual(["everyone", "weeders"]);
    expect(world.groups["10"]?.member.role_ids).toEqual(["20"]);
    world = told(world, { type: "role.delete", group_id: "10", role_id: "20" });
    expect(world.groups["10"]?.roles).toHaveLength(1);
    expect(world.groups["10"]?.member.role_ids).toEqual([]);
    expect(world.members["10"]?.byId[boris.id]?.role_ids).toEqual([]);
    expect(world.channels["11"]?.overwrites).toEqual([{ ...overwrite, target: "member" }]);
  });

  it("member.join, member.update and member.leave", () => {
    let world = told(withMembers(start()), {
      type: "member.join",
      member: member(chloe.id),
      user: chloe,
      member_count: 3,
    });
    expect(world.groups["10"]?.memberCount).toBe(3);
    expect(world.users[chloe.id]).toEqual(chloe);
    expect(world.members["10"]?.byId[chloe.id]).toBeDefined();
    world = told(world, { type: "member.update", member: member(chloe.id, { timed_out_until_ms: 9 }) });
    expect(world.members["10"]?.byId[chloe.id]?.timed_out_until_ms).toBe(9);
    world = told(world, { type: "member.leave", group_id: "10", user_id: chloe.id, member_count: 2 });
    expect(world.members["10"]?.byId[chloe.id]).toBeUndefined();
    expect(world.groups["10"]?.memberCount).toBe(2);
  });

  it("member.join of one behind the pages read so far waits for their page", () => {
    const partial = withMembers(start(), { complete: false });
    const world = told(partial, {
      type: "member.join",
      member: member(chloe.id),
      user: chloe,
      member_count: 3,
    });
    expect(world.members["10"]?.byId[chloe.id]).toBeUndefined();
  });

  it("message.create counts, moves, shows, and ends the author's typing", () => {
    const world = told(
      withHistory(start(), "100"),
      { type: "typing.start", channel_id: "11", user_id: boris.id },
      { type: "message.create", message: message("101"), author: boris },
    );
    expect(world.channels["11"]?.last_message_id).toBe("101");
    expect(world.cursors["11"]?.unread).toBe(1);
    expect(world.histories["11"]?.messages.map((each) => each.id)).toEqual(["100", "101"]);
    expect(world.typing["11"]).toEqual({});
  });

  it("message.create of one's own takes it out of the outbox in the same step", () => {
    const outgoing = {
      nonce: "n1",
      channelId: "11",
      sections: [],
      sinceMs: 0,
      state: "pending" as const,
      error: null,
      errorMessage: null,
    };
    const before: World = {
      ...withHistory(start(), "100"),
      outbox: { "11": [outgoing, { ...outgoing, nonce: "n2" }] },
    };
    const world = told(before, {
      type: "message.create",
      message: message("101", me.id, { nonce: "n1" }),
      author: me,
    });
    expect(world.outbox["11"]?.map((each) => each.nonce)).toEqual(["n2"]);
    expect(world.cursors["11"]).toEqual({ channel_id: "11", last_read_id: "101", unread: 0 });
  });

  it("message.update and message.delete, also where quoted", () => {
    const edited = message("100", boris.id, { edited_ms: 5 });
    let world = told(
      { ...withHistory(start(), "100"), quoted: { "100": message("100") } },
      { type: "message.update", message: edited },
    );
    expect(world.histories["11"]?.messages).toEqual([edited]);
    expect(world.quoted["100"]).toEqual(edited);
    world = told(
      world,
      { type: "message.create", message: message("101"), author: boris },
      { type: "message.delete", channel_id: "11", message_id: "101" },
      { type: "message.delete", channel_id: "11", message_id: "100" },
    );
    expect(world.cursors["11"]?.unread).toBe(0);
    expect(world.histories["11"]?.messages).toEqual([]);
    expect(world.quoted["100"]).toBeNull();
  });

  it("cursor.update has the last word on the count", () => {
    const cursor = { channel_id: "11", last_read_id: "100", unread: 17 };
    expect(told(start(), { type: "cursor.update", cursor }).cursors["11"]).toEqual(cursor);
  });

  it("typing.start lasts ten seconds", () => {
    const world = told(start(), { type: "typing.start", channel_id: "11", user_id: "2" });
    expect(world.typing["11"]).toEqual({ "2": NOW + TYPING_MS });
  });

  it("addition.create and addition.delete", () => {
    const addition = { id: "70", group_id: "71", group_name: "Choir", inviter: chloe, user_id: me.id };
    let world = told(start(), { type: "addition.create", addition }, { type: "addition.create", addition });
    expect(world.additions).toEqual([addition]);
    world = told(world, { type: "addition.delete", addition_id: "70" });
    expect(world.additions).toEqual([]);
  });

  it("voice.update keeps places, replaces a connection of the same person, and mutes silence the ring", () => {
    let world = told(
      start(),
      { type: "voice.update", state: voiceState("2", 7) },
      { type: "voice.update", state: voiceState("3", 8) },
      { type: "voice.speaking", channel_id: "12", participant: 7, speaking: true },
    );
    expect(world.speaking).toEqual({ 7: true });
    world = told(world, { type: "voice.update", state: voiceState("2", 7, { muted: true }) });
    expect(world.voice["12"]?.map((each) => each.participant)).toEqual([7, 8]);
    expect(world.speaking).toEqual({});
    world = told(world, { type: "voice.update", state: voiceState("2", 9) });
    expect(world.voice["12"]?.map((each) => each.participant)).toEqual([9, 8]);
    // The old connection's end comes late and takes nobody with it.
    world = told(world, { type: "voice.leave", channel_id: "12", user_id: "2", participant: 7 });
    expect(world.voice["12"]?.map((each) => each.participant)).toEqual([9, 8]);
  });

  it("voice.leave, voice.speaking and voice.slots", () => {
    let world = told(
      start(),
      { type: "voice.update", state: voiceState("2", 7) },
      { type: "voice.slots", channel_id: "12", slots: [7, 0] },
      { type: "voice.speaking", channel_id: "12", participant: 7, speaking: true },
      { type: "voice.speaking", channel_id: "12", participant: 7, speaking: false },
    );
    expect(world.slots["12"]).toEqual([7, 0]);
    expect(world.speaking).toEqual({});
    world = told(world, { type: "voice.leave", channel_id: "12", user_id: "2", participant: 7 });
    expect(world.voice["12"]).toEqual([]);
  });

  it("an event of an unknown type, and voice.reset, change nothing here", () => {
    const world = start();
    expect(told(world, { type: "something.new" } as unknown as GatewayEvent)).toBe(world);
    expect(
      told(world, { type: "voice.reset", channel_id: "12", participant: 1, reason: "x", retry: true }),
    ).toBe(world);
  });
});

it("an event applied twice changes nothing the second time", () => {
  const events: GatewayEvent[] = [
    { type: "user.update", user: chloe },
    { type: "group.update", group: { id: "10", name: "G", owner_id: "2" } },
    { type: "channel.update", channel: channel("13"), cursor: null, voice: [] },
    { type: "role.update", role },
    { type: "member.join", member: member(chloe.id), user: chloe, member_count: 3 },
    { type: "member.update", member: member(me.id, { role_ids: ["20"] }) },
    { type: "message.create", message: message("101"), author: boris },
    { type: "message.create", message: message("102", me.id, { nonce: "n" }), author: me },
    { type: "message.update", message: message("100", "2", { edited_ms: 4 }) },
    { type: "message.delete", channel_id: "11", message_id: "101" },
    { type: "cursor.update", cursor: { channel_id: "11", last_read_id: "102", unread: 0 } },
    { type: "typing.start", channel_id: "11", user_id: "2" },
    { type: "voice.update", state: voiceState("2", 7) },
    { type: "voice.slots", channel_id: "12", slots: [7] },
    { type: "voice.speaking", channel_id: "12", participant: 7, speaking: true },
    { type: "voice.leave", channel_id: "12", user_id: "2", participant: 7 },
    { type: "role.delete", group_id: "10", role_id: "20" },
    { type: "member.leave", group_id: "10", user_id: chloe.id, member_count: 2 },
    { type: "channel.delete", group_id: "10", channel_id: "13" },
  ];
  let world = withMembers(withHistory(start(), "100"));
  for (const event of events) {
    const once = applyEvent(world, event, NOW);
    expect(applyEvent(once, event, NOW), event.type).toEqual(once);
    world = once;
  }
});
