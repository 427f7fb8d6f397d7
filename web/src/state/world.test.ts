import { describe, expect, it } from "vitest";
import {
  boris,
  channel,
  chloe,
  conversation,
  created,
  cursor,
  groupView,
  me,
  member,
  message,
  page,
  ready,
  role,
  voiceState,
} from "../../test/samples";
import type { Emoji, GatewayEvent, Relation, Report } from "../gateway/protocol";
import { beginLoad, emptyHistory, endLoad } from "./history";
import {
  applyEvent,
  applyReady,
  emptyWorld,
  TYPING_MS,
  takeConversation,
  takePage,
  type World,
} from "./world";

const NOW = 1_000;
const start = (): World => applyReady(emptyWorld, ready());
const told = (world: World, ...events: GatewayEvent[]): World =>
  events.reduce((each, event) => applyEvent(each, event, NOW), world);

function withHistory(world: World, ...ids: string[]): World {
  return {
    ...world,
    histories: { "11": endLoad(beginLoad(emptyHistory, "page"), page(ids.map((id) => message(id)))) },
  };
}

function withMembers(world: World): World {
  const members = { [me.id]: member(me.id), [boris.id]: member(boris.id, { role_ids: ["20"] }) };
  return { ...world, memberships: { "10": members } };
}

const emoji: Emoji = { id: "60", group_id: "10", name: "trowel", animated: false, creator_id: "2" };
const gardeners = role("20", { name: "gardeners", permissions: 8, position: 1 });

describe("a snapshot", () => {
  it("fills the world", () => {
    const world = start();
    expect(world.loaded).toBe(true);
    expect(world.me).toEqual(me);
    expect(Object.keys(world.channels)).toEqual(["11", "12"]);
    expect(world.cursors["11"]).toEqual(cursor("11", { last_read_id: "100", unread: 0 }));
    expect(world.voice["12"]).toEqual([]);
    expect(world.users[boris.id]).toEqual(boris);
  });

  it("replaces all that was, but keeps what is on its way, and marks messages as stale", () => {
    const outgoing = {
      nonce: "n",
      channelId: "11",
      sections: [],
      input: [],
      allowedMentions: null,
      sinceMs: 0,
      state: "pending",
      error: null,
      errorMessage: null,
      errorData: {},
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
      cursors: [cursor("51", { last_read_id: null, unread: 4 })],
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
    expect(world.cursors["13"]).toEqual(cursor("13", { last_read_id: null, unread: 0 }));
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
    const counted = told(world, created(message("105")));
    expect(counted.cursors["11"]?.unread).toBe(1);
  });

  it("channel.update of one that came into view takes all that is told", () => {
    const there = cursor("13", { last_read_id: "3", unread: 2 });
    const world = told(
      start(),
      { type: "channel.update", channel: channel("13", { last_message_id: "9" }), cursor: there, voice: [] },
      {
        type: "channel.update",
        channel: channel("14", { kind: "voice" }),
        cursor: null,
        voice: [voiceState("2", 7, { channel_id: "14" })],
      },
    );
    expect(world.cursors["13"]).toEqual(there);
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
      { type: "role.update", role: gardeners },
      { type: "role.update", role: { ...gardeners, name: "weeders" } },
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
    expect(world.memberships["10"]?.[boris.id]?.role_ids).toEqual([]);
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
    expect(world.memberships["10"]?.[chloe.id]).toBeDefined();
    world = told(world, { type: "member.update", member: member(chloe.id, { timed_out_until_ms: 9 }) });
    expect(world.memberships["10"]?.[chloe.id]?.timed_out_until_ms).toBe(9);
    world = told(world, { type: "member.leave", group_id: "10", user_id: chloe.id, member_count: 2 });
    expect(world.memberships["10"]?.[chloe.id]).toBeUndefined();
    expect(world.groups["10"]?.memberCount).toBe(2);
  });

  it("message.create counts, moves, shows, and ends the author's typing", () => {
    const world = told(
      withHistory(start(), "100"),
      { type: "typing.start", channel_id: "11", user_id: boris.id },
      created(message("101")),
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
      input: [],
      allowedMentions: null,
      sinceMs: 0,
      state: "pending" as const,
      error: null,
      errorMessage: null,
      errorData: {},
    };
    const before: World = {
      ...withHistory(start(), "100"),
      outbox: { "11": [outgoing, { ...outgoing, nonce: "n2" }] },
    };
    const world = told(before, created(message("101", me.id, { nonce: "n1" }), me));
    expect(world.outbox["11"]?.map((each) => each.nonce)).toEqual(["n2"]);
    expect(world.cursors["11"]).toEqual(cursor("11", { last_read_id: "101", unread: 0 }));
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
      created(message("101")),
      { type: "message.delete", channel_id: "11", message_id: "101" },
      { type: "message.delete", channel_id: "11", message_id: "100" },
    );
    expect(world.cursors["11"]?.unread).toBe(0);
    expect(world.histories["11"]?.messages).toEqual([]);
    expect(world.quoted["100"]).toBeNull();
  });

  it("cursor.update has the last word on the count", () => {
    const there = cursor("11", { last_read_id: "100", unread: 17 });
    expect(told(start(), { type: "cursor.update", cursor: there }).cursors["11"]).toEqual(there);
    const back = cursor("11", { last_read_id: "90", unread: 20, mentions: 2 });
    expect(told(start(), { type: "cursor.update", cursor: back }).cursors["11"]).toEqual(back);
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

  it("me.update changes oneself, for others too", () => {
    const changed = { ...me, display_name: "A", status: "dnd", status_text: "digging" } as const;
    const world = told(start(), { type: "me.update", me: changed });
    expect(world.me).toEqual(changed);
    expect(world.users[me.id]).toEqual({ id: me.id, username: "anna", display_name: "A" });
  });

  it("emoji.update and emoji.delete", () => {
    let world = told(
      start(),
      { type: "emoji.update", emoji },
      { type: "emoji.update", emoji: { ...emoji, name: "spade" } },
    );
    expect(world.groups["10"]?.emojis).toEqual([{ ...emoji, name: "spade" }]);
    world = told(world, { type: "emoji.delete", group_id: "10", emoji_id: "60" });
    expect(world.groups["10"]?.emojis).toEqual([]);
  });

  it("reaction.update says how many, in the order in which they came, and which are one's own", () => {
    const reaction = { type: "reaction.update", channel_id: "11", message_id: "100" } as const;
    let world = told(
      withHistory(start(), "100"),
      { ...reaction, emoji: "🍅", count: 1, user_id: "2", reacted: true },
      { ...reaction, emoji: "🥕", count: 1, user_id: me.id, reacted: true },
      { ...reaction, emoji: "🍅", count: 2, user_id: me.id, reacted: true },
    );
    expect(world.histories["11"]?.messages[0]?.reactions).toEqual([
      { emoji: "🍅", count: 2 },
      { emoji: "🥕", count: 1 },
    ]);
    expect(world.reacted["100"]).toEqual(["🥕", "🍅"]);
    world = told(
      world,
      { ...reaction, emoji: "🥕", count: 0, user_id: me.id, reacted: false },
      { ...reaction, emoji: "🍅", count: 1, user_id: "2", reacted: false },
    );
    expect(world.histories["11"]?.messages[0]?.reactions).toEqual([{ emoji: "🍅", count: 1 }]);
    expect(world.reacted["100"]).toEqual(["🍅"]);
  });

  it("a reaction that comes while a page is under way stays over the page", () => {
    const before: World = { ...start(), histories: { "11": beginLoad(emptyHistory, "page") } };
    const reacting = told(before, {
      type: "reaction.update",
      channel_id: "11",
      message_id: "100",
      emoji: "🍅",
      count: 1,
      user_id: me.id,
      reacted: true,
    });
    const world = takePage(
      reacting,
      "11",
      page([message("99"), message("100")], { reacted: { "99": ["🥕"] } }),
    );
    expect(world.histories["11"]?.messages[1]?.reactions).toEqual([{ emoji: "🍅", count: 1 }]);
    expect(world.reacted).toEqual({ "99": ["🥕"], "100": ["🍅"] });
  });

  it("message.create tells the author's membership and whom it names", () => {
    const world = told(start(), {
      ...created(message("101")),
      member: member(boris.id, { nickname: "Bob" }),
      users: [chloe],
    });
    expect(world.memberships["10"]?.[boris.id]?.nickname).toBe("Bob");
    expect(world.users[chloe.id]).toEqual(chloe);
  });

  it("message.create that pings counts as a mention, by one's roles too", () => {
    const mentions = { user_ids: [], role_ids: ["20"], everyone: false, here: false };
    const world = told(
      start(),
      { type: "role.update", role: gardeners },
      { type: "member.update", member: member(me.id, { role_ids: ["20"] }) },
      created(message("101", boris.id, { mentions })),
      created(message("102", boris.id, { mentions: { ...mentions, role_ids: ["21"] } })),
      created(message("103", boris.id, { mentions: { ...mentions, role_ids: [], user_ids: [me.id] } })),
    );
    expect(world.cursors["11"]).toMatchObject({ unread: 3, mentions: 2 });
  });

  it("message.create of somebody blocked moves what was written last and counts nothing", () => {
    const world = told(
      start(),
      { type: "relation.update", relation: { user: boris, kind: "blocked", since_ms: 1 } },
      created(message("101")),
    );
    expect(world.channels["11"]?.last_message_id).toBe("101");
    expect(world.cursors["11"]).toMatchObject({ unread: 0, mentions: 0 });
    expect(
      told(world, { type: "message.delete", channel_id: "11", message_id: "101" }).cursors["11"],
    ).toMatchObject({ unread: 0 });
  });

  it("message.delete_bulk takes all of them", () => {
    const world = told(
      withHistory(start(), "100"),
      created(message("101")),
      created(message("102")),
      created(message("103")),
      { type: "message.delete_bulk", channel_id: "11", message_ids: ["101", "100", "103"] },
    );
    expect(world.histories["11"]?.messages.map((each) => each.id)).toEqual(["102"]);
    expect(world.cursors["11"]?.unread).toBe(1);
  });

  it("level.update keeps what says something", () => {
    const level = { scope: "group", target_id: "10", level: "mentions", muted_until_ms: null } as const;
    let world = told(start(), { type: "level.update", level });
    expect(world.levels).toEqual({ "group:10": level });
    world = told(world, { type: "level.update", level: { ...level, level: "default" } });
    expect(world.levels).toEqual({});
  });

  it("relation.update and relation.delete", () => {
    const relation: Relation = { user: chloe, kind: "incoming", since_ms: 5 };
    let world = told(start(), { type: "relation.update", relation });
    expect(world.relations).toEqual({ [chloe.id]: relation });
    expect(world.users[chloe.id]).toEqual(chloe);
    world = told(world, { type: "user.update", user: { ...chloe, display_name: "C" } });
    expect(world.relations[chloe.id]?.user.display_name).toBe("C");
    world = told(world, { type: "relation.delete", user_id: chloe.id });
    expect(world.relations).toEqual({});
  });

  it("conversation.update makes one, changes it, and conversation.delete forgets it", () => {
    const there = cursor("80", { last_read_id: null, unread: 1 });
    let world = told(start(), {
      type: "conversation.update",
      conversation: conversation("80"),
      cursor: there,
      users: [chloe],
    });
    expect(world.conversations["80"]?.member_ids).toEqual([me.id, boris.id]);
    expect(world.cursors["80"]).toEqual(there);
    expect(world.lastMessages["80"]).toBeNull();
    expect(world.users[chloe.id]).toEqual(chloe);
    world = told(world, created(message("90", boris.id, { channel_id: "80" })), {
      type: "conversation.update",
      conversation: conversation("80", { name: "Two", last_message_id: "95" }),
      cursor: null,
      users: [],
    });
    expect(world.conversations["80"]).toMatchObject({ name: "Two", last_message_id: "90" });
    expect(world.cursors["80"]?.unread).toBe(2);
    world = told(world, { type: "conversation.delete", channel_id: "80" });
    expect(world.conversations).toEqual({});
    expect(world.cursors["80"]).toBeUndefined();
    expect(world.lastMessages).toEqual({});
  });

  it("a conversation's last message follows what is written, edited and deleted", () => {
    const there = { conversation: conversation("80"), cursor: cursor("80"), last_message: null };
    const written = message("101", boris.id, { channel_id: "80" });
    let world = told(takeConversation(start(), there), created(written));
    expect(world.lastMessages["80"]).toEqual(written);
    const edited = { ...written, edited_ms: 7 };
    world = told(world, { type: "message.update", message: edited });
    expect(world.lastMessages["80"]).toEqual(edited);
    world = told(world, { type: "message.delete", channel_id: "80", message_id: "101" });
    expect("80" in world.lastMessages).toBe(false);
    expect(world.conversations["80"]?.last_message_id).toBe("101");
  });

  it("presence.update and report.update keep the newest", () => {
    const report: Report = {
      id: "70",
      group_id: "10",
      channel_id: "11",
      message_id: "100",
      author_id: "2",
      reporter_id: "3",
      sections: [],
      reason: "spam",
      state: "open",
      handler_id: null,
      note: "",
      handled_ms: null,
    };
    const world = told(
      start(),
      { type: "presence.update", presence: { user_id: "2", status: "online", text: "" } },
      { type: "presence.update", presence: { user_id: "2", status: "idle", text: "tea" } },
      { type: "report.update", report },
      { type: "report.update", report: { ...report, state: "resolved" } },
    );
    expect(world.presences).toEqual({ "2": { user_id: "2", status: "idle", text: "tea" } });
    expect(world.reports["70"]?.state).toBe("resolved");
  });

  it("channel.delete of a category leaves its channels behind", () => {
    const world = told(
      start(),
      { type: "channel.update", channel: channel("15", { kind: "category" }), cursor: null, voice: [] },
      { type: "channel.update", channel: channel("11", { category_id: "15" }), cursor: null, voice: [] },
      { type: "channel.delete", group_id: "10", channel_id: "15" },
    );
    expect(world.channels["15"]).toBeUndefined();
    expect(world.channels["11"]?.category_id).toBeNull();
    expect(world.cursors["15"]).toBeUndefined();
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
    { type: "role.update", role: gardeners },
    { type: "member.join", member: member(chloe.id), user: chloe, member_count: 3 },
    { type: "member.update", member: member(me.id, { role_ids: ["20"] }) },
    created(message("101")),
    created(message("102", me.id, { nonce: "n" }), me),
    { type: "message.update", message: message("100", "2", { edited_ms: 4 }) },
    { type: "message.delete", channel_id: "11", message_id: "101" },
    { type: "cursor.update", cursor: cursor("11", { last_read_id: "102", unread: 0 }) },
    { type: "typing.start", channel_id: "11", user_id: "2" },
    {
      type: "reaction.update",
      channel_id: "11",
      message_id: "100",
      emoji: "🍅",
      count: 1,
      user_id: me.id,
      reacted: true,
    },
    { type: "message.delete_bulk", channel_id: "11", message_ids: ["100"] },
    { type: "emoji.update", emoji },
    {
      type: "level.update",
      level: { scope: "group", target_id: "10", level: "none", muted_until_ms: null },
    },
    {
      type: "conversation.update",
      conversation: conversation("80"),
      cursor: cursor("80", { unread: 2 }),
      users: [],
    },
    created(message("104", boris.id, { channel_id: "80" })),
    { type: "relation.update", relation: { user: chloe, kind: "friend", since_ms: 1 } },
    { type: "me.update", me: { ...me, status: "idle" } },
    { type: "presence.update", presence: { user_id: "2", status: "dnd", text: "" } },
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
