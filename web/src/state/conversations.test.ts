import { expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { boris, me, member, message, ready } from "../../test/samples";
import type { PageAt } from "../gateway/api";
import type { Cursor, MessagePage, SendRequest } from "../gateway/protocol";
import { networkError, RequestError } from "../lib/errors";
import { Conversations, TYPING_EVERY_MS } from "./conversations";
import { applyReady, emptyWorld, type World } from "./world";

const TOTAL = 120;

/** A channel with messages 1 to 120, read in pages. */
function pageOf(at: PageAt, limit: number): MessagePage {
  const all = Array.from({ length: TOTAL }, (_, index) => index + 1);
  let from: number;
  if ("before" in at) from = Number(at.before) - 1 - limit;
  else if ("after" in at) from = Number(at.after);
  else if ("around" in at) from = Number(at.around) - 1 - limit / 2;
  else from = TOTAL - limit;
  const first = Math.max(0, from);
  const end = "before" in at ? Number(at.before) - 1 : Math.min(TOTAL, first + limit);
  return {
    messages: all.slice(first, end).map((id) => message(String(id))),
    users: [boris],
    members: [],
    reacted: {},
    has_before: first > 0,
    has_after: end < TOTAL,
  };
}

function setUp() {
  const world = createStore<World>(() => applyReady(emptyWorld, ready()));
  const messages = vi.fn((_: string, at: PageAt, limit = 50) => Promise.resolve(pageOf(at, limit)));
  const api = {
    messages,
    message: vi.fn(() =>
      Promise.resolve({ message: message("7"), author: boris, member: null, users: [], reacted: [] }),
    ),
    user: vi.fn(() => Promise.resolve({ id: "9", username: "dora", display_name: "Dora" })),
    members: vi.fn((_: string, after: string | null) =>
      Promise.resolve({
        members:
          after === null
            ? Array.from({ length: 100 }, (_, index) => member(String(index + 1)))
            : [member("101")],
        users: [boris],
      }),
    ),
  };
  const request = vi.fn((name: string, fields: { message_id?: string }) =>
    Promise.resolve(
      name === "cursor.move"
        ? ({ channel_id: "11", last_read_id: fields.message_id, unread: 3, mentions: 0 } as Cursor)
        : {},
    ),
  );
  let now = 0;
  const conversations = new Conversations(world, api, request as unknown as SendRequest, () => now);
  const ids = () => conversations.history("11").messages.map((each) => Number(each.id));
  return { world, api, request, conversations, ids, pass: (ms: number) => (now += ms) };
}

it("reads page by page to the beginning, asks once at a time, and stops there", async () => {
  const { conversations, api, ids } = setUp();
  await conversations.open("11");
  expect(ids()).toEqual(Array.from({ length: 50 }, (_, index) => index + 71));
  await Promise.all([
    conversations.loadBefore("11"),
    conversations.loadBefore("11"),
    conversations.loadBefore("11"),
  ]);
  expect(api.messages).toHaveBeenCalledTimes(2);
  await conversations.loadBefore("11");
  expect(ids()).toEqual(Array.from({ length: TOTAL }, (_, index) => index + 1));
  await conversations.loadBefore("11");
  await conversations.loadAfter("11");
  expect(api.messages).toHaveBeenCalledTimes(3);
});

it("reads around a message and both ways from there", async () => {
  const { conversations, ids } = setUp();
  await conversations.open("11", "60");
  expect(ids()).toContain(60);
  expect(conversations.history("11")).toMatchObject({ hasBefore: true, hasAfter: true });
  await conversations.loadAfter("11");
  await conversations.loadBefore("11");
  expect(ids()).toEqual(Array.from({ length: TOTAL }, (_, index) => index + 1));
});

it("reads from the first message on", async () => {
  const { conversations, ids } = setUp();
  await conversations.openStart("11");
  expect(ids()[0]).toBe(1);
});

it("remembers a page that failed, and can read it again", async () => {
  const { conversations, api } = setUp();
  api.messages.mockRejectedValueOnce(networkError());
  await conversations.open("11");
  expect(conversations.history("11")).toMatchObject({ failed: "page", fresh: false });
  await conversations.open("11");
  expect(conversations.history("11")).toMatchObject({ failed: null, fresh: true });
});

it("takes the answer to the newest question alone", async () => {
  const { conversations, api, ids } = setUp();
  let late: (page: MessagePage) => void = () => undefined;
  api.messages.mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
  const first = conversations.open("11", "20");
  await conversations.open("11");
  late(pageOf({ around: "20" }, 50));
  await first;
  expect(ids()).not.toContain(20);
});

it("moves the cursor forward only, one request at a time, to the newest seen", async () => {
  const { conversations, request, world } = setUp();
  await conversations.markRead("11", "99");
  expect(request).not.toHaveBeenCalled();
  const moves = [
    conversations.markRead("11", "101"),
    conversations.markRead("11", "102"),
    conversations.markRead("11", "105"),
  ];
  await Promise.all(moves);
  expect(request.mock.calls.map(([, fields]) => fields.message_id)).toEqual(["101", "105"]);
  expect(world.getState().cursors["11"]).toMatchObject({ last_read_id: "105", unread: 3 });
});

it("tells again what could not be told", async () => {
  const { conversations, request } = setUp();
  request.mockRejectedValueOnce(networkError());
  await conversations.markRead("11", "101");
  await conversations.markRead("11", "101");
  expect(request).toHaveBeenCalledTimes(2);
});

it("signs typing now and then, and anew after sending", () => {
  const { conversations, request, pass } = setUp();
  conversations.typing("11");
  conversations.typing("11");
  pass(TYPING_EVERY_MS);
  conversations.typing("11");
  expect(request).toHaveBeenCalledTimes(2);
  conversations.typed("11");
  conversations.typing("11");
  expect(request).toHaveBeenCalledTimes(3);
});

it("fetches a quoted message once, and knows when it is gone", async () => {
  const { conversations, api, world } = setUp();
  await Promise.all([conversations.quote("11", "7"), conversations.quote("11", "7")]);
  await conversations.quote("11", "7");
  expect(api.message).toHaveBeenCalledOnce();
  expect(world.getState().quoted["7"]).toEqual(message("7"));
  api.message.mockRejectedValueOnce(new RequestError("unknown_message", "", {}, 404));
  await conversations.quote("11", "8");
  expect(world.getState().quoted["8"]).toBeNull();
  api.message.mockRejectedValueOnce(networkError());
  await conversations.quote("11", "9");
  expect("9" in world.getState().quoted).toBe(false);
});

it("fetches somebody unknown once", async () => {
  const { conversations, api, world } = setUp();
  await Promise.all([conversations.knowUser("9"), conversations.knowUser("9")]);
  await conversations.knowUser(me.id);
  expect(api.user).toHaveBeenCalledOnce();
  expect(world.getState().users["9"]?.username).toBe("dora");
});

it("reads members page by page and stops", async () => {
  const { conversations, api, world } = setUp();
  await Promise.all([conversations.loadMembers("10"), conversations.loadMembers("10")]);
  expect(world.getState().members["10"]).toMatchObject({ complete: false, next: "100" });
  await conversations.loadMembers("10");
  await conversations.loadMembers("10");
  expect(api.members.mock.calls.map(([, after]) => after)).toEqual([null, "100"]);
  expect(world.getState().members["10"]).toMatchObject({ complete: true, loading: false });
});
