import { expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { boris, conversation, cursor, message, ready } from "../../test/samples";
import type { PageAt } from "../gateway/api";
import type { MessagePage, SendRequest } from "../gateway/protocol";
import { networkError, RequestError } from "../lib/errors";
import { Conversations, TYPING_EVERY_MS } from "./conversations";
import { applyReady, emptyWorld, takeConversation, type World } from "./world";

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
    deleteMessage: vi.fn(() => Promise.resolve()),
    bulkDelete: vi.fn((_channel: string, ids: readonly string[]) => Promise.resolve({ deleted: [...ids] })),
  };
  const request = vi.fn((_name: string, _fields: object) => Promise.resolve({}));
  let now = 0;
  const conversations = new Conversations(world, api, request as unknown as SendRequest, () => now);
  const ids = () => conversations.history("11").messages.map((each) => Number(each.id));
  return { world, api, messages, request, conversations, ids, pass: (ms: number) => (now += ms) };
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

it("fetches the last message of a conversation once, when it is not known", async () => {
  const { conversations, messages, world } = setUp();
  const view = { conversation: conversation("80"), cursor: cursor("80"), last_message: null };
  const { lastMessages, ...rest } = takeConversation(world.getState(), view);
  expect(lastMessages).toEqual({ "80": null });
  world.setState({ ...rest, lastMessages: {} });
  await Promise.all([conversations.knowLast("80"), conversations.knowLast("80")]);
  await conversations.knowLast("80");
  expect(messages).toHaveBeenCalledExactlyOnceWith("80", {}, 1);
  expect(world.getState().lastMessages["80"]?.id).toBe("120");
});

it("deletes many at once", async () => {
  const { conversations, api, ids } = setUp();
  await conversations.open("11");
  await conversations.removeAll("11", ["119", "120"], "spam");
  expect(api.bulkDelete).toHaveBeenCalledExactlyOnceWith("11", ["119", "120"], "spam");
  expect(ids().at(-1)).toBe(118);
});

it("reacts, and takes back what one reacted with", async () => {
  const { conversations, request, world } = setUp();
  await conversations.react("11", "5", "🍅");
  world.setState({ reacted: { "5": ["🍅"] } });
  await conversations.react("11", "5", "🍅");
  expect(request.mock.calls.map(([name]) => name)).toEqual(["reaction.add", "reaction.remove"]);
});
