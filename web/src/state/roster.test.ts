import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { boris, chloe, me, member, ready, role } from "../../test/samples";
import type { GatewayEvent, Id, RosterPage } from "../gateway/protocol";
import { EVERY_MS, PAGE, RENEW_MS, Roster, SETTLE_MS } from "./roster";
import { applyEvent, applyReady, emptyWorld, type World } from "./world";

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

const page = (online: Id[], offline: Id[] = [], next: string | null = null): RosterPage => ({
  sections: [
    { role_id: null, online: true, count: online.length },
    { role_id: null, online: false, count: offline.length },
  ],
  entries: [
    ...online.map((user_id) => ({ user_id, section: 0 })),
    ...offline.map((user_id) => ({ user_id, section: 1 })),
  ],
  members: [...online, ...offline].map((id) => member(id)),
  users: [boris, chloe],
  presences: [
    ...online.map((user_id) => ({ user_id, status: "online" as const, text: "" })),
    ...offline.map((user_id) => ({ user_id, status: "offline" as const, text: "" })),
  ],
  next,
});

function setUp(...pages: RosterPage[]) {
  const world = createStore<World>(() => applyReady(emptyWorld, ready()));
  const asked: (string | null)[] = [];
  let last = pages[0] ?? page([]);
  const api = {
    roster: vi.fn(async (_: Id, after: string | null) => {
      asked.push(after);
      last = pages.shift() ?? last;
      return last;
    }),
  };
  const roster = new Roster("10", world, api, Date.now, () => 0);
  const tell = (event: GatewayEvent): void =>
    world.setState((now) => applyEvent(now, event, Date.now()), true);
  const there = (): Id[] => roster.store.getState().entries.map((each) => each.userId);
  return { world, api, asked, roster, tell, there };
}
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("reading", () => {
  it("takes people, memberships and presences into the world", async () => {
    const { world, roster, there } = setUp(page([me.id], [boris.id]));
    roster.open();
    await wait(0);
    expect(there()).toEqual([me.id, boris.id]);
    expect(world.getState().memberships["10"]?.[boris.id]).toBeDefined();
    expect(world.getState().presences[boris.id]?.status).toBe("offline");
  });

  it("goes on where the page ended, and names nobody twice", async () => {
    const { roster, asked, there } = setUp(page([me.id], [], "a"), page([], [me.id, boris.id]));
    roster.open();
    await wait(0);
    await roster.loadMore();
    await roster.loadMore();
    expect(asked).toEqual([null, "a"]);
    expect(there()).toEqual([me.id, boris.id]);
  });

  it("keeps everybody under their heading when the next page has other headings", async () => {
    const first = page([me.id], [], "a");
    const second: RosterPage = {
      ...page([], [boris.id]),
      sections: [
        { role_id: "21", online: true, count: 1 },
        { role_id: null, online: true, count: 1 },
        { role_id: null, online: false, count: 1 },
      ],
      entries: [{ user_id: boris.id, section: 2 }],
    };
    const { roster } = setUp(first, second);
    roster.open();
    await wait(0);
    await roster.loadMore();
    expect(roster.store.getState().entries).toEqual([
      { userId: me.id, head: "online" },
      { userId: boris.id, head: "offline" },
    ]);
  });

  it("keeps what is there when it fails, and tries again", async () => {
    const { roster, api, there } = setUp(page([me.id], [], "a"));
    roster.open();
    await wait(0);
    api.roster.mockRejectedValueOnce(new Error());
    await roster.loadMore();
    expect(roster.store.getState().failed).toBe(true);
    expect(there()).toEqual([me.id]);
    await roster.loadMore();
    expect(roster.store.getState().failed).toBe(false);
  });

  it("reads a long list anew as far as it was read", async () => {
    const many = Array.from({ length: PAGE }, (_, at) => String(1000 + at));
    const { roster, asked } = setUp(page(many, [], "a"), page([], [boris.id], null), page(many, [], "b"));
    roster.open();
    await wait(0);
    await roster.loadMore();
    await roster.refresh();
    expect(asked).toEqual([null, "a", null, "b"]);
  });
});

describe("changes", () => {
  async function opened() {
    const all = setUp(page([me.id], [boris.id]));
    const close = all.roster.open();
    await wait(EVERY_MS);
    expect(all.asked).toHaveLength(1);
    return { ...all, close };
  }
  const joins: GatewayEvent = {
    type: "member.join",
    member: member(chloe.id),
    user: chloe,
    member_count: 3,
  };

  it("of who is in the group are read once they have settled", async () => {
    const { tell, asked } = await opened();
    tell(joins);
    tell({ type: "member.update", member: member(boris.id, { role_ids: ["21"] }) });
    await wait(SETTLE_MS - 1);
    expect(asked).toHaveLength(1);
    await wait(1);
    expect(asked).toHaveLength(2);
  });

  it("are read seldom in a large group, however many there are", async () => {
    const { tell, asked } = await opened();
    for (let count = 0; count < 60; count += 1) {
      tell({ ...joins, member_count: 1000 + count });
      await wait(500);
    }
    expect(asked.length).toBeLessThanOrEqual(1 + 30_000 / EVERY_MS + 1);
  });

  it("are read again soon in a small group", async () => {
    const { tell, asked } = await opened();
    tell(joins);
    await wait(SETTLE_MS);
    tell({ ...joins, member_count: 4 });
    await wait(SETTLE_MS);
    expect(asked).toHaveLength(3);
  });

  it("of presence count when somebody comes or goes", async () => {
    const { tell, asked } = await opened();
    tell({ type: "presence.update", presence: { user_id: me.id, status: "idle", text: "" } });
    await wait(SETTLE_MS);
    expect(asked).toHaveLength(1);
    tell({ type: "presence.update", presence: { user_id: boris.id, status: "online", text: "" } });
    await wait(SETTLE_MS);
    expect(asked).toHaveLength(2);
  });

  it("of names and of hoisted roles count, others do not", async () => {
    const { tell, asked } = await opened();
    tell({ type: "role.update", role: role("21", { name: "new" }) });
    tell({ type: "member.update", member: member(boris.id, { timed_out_until_ms: 9 }) });
    await wait(EVERY_MS);
    expect(asked).toHaveLength(1);
    tell({ type: "role.update", role: role("21", { hoisted: true }) });
    await wait(SETTLE_MS);
    expect(asked).toHaveLength(2);
    await wait(EVERY_MS);
    tell({ type: "member.update", member: member(boris.id, { nickname: "Bo" }) });
    await wait(SETTLE_MS);
    expect(asked).toHaveLength(3);
  });

  it("take out at once who left", async () => {
    const { tell, there, roster } = await opened();
    tell({ type: "member.leave", group_id: "10", user_id: boris.id, member_count: 1 });
    expect(there()).toEqual([me.id]);
    expect(roster.store.getState().sections[1]?.count).toBe(0);
  });

  it("that nobody told are found in time", async () => {
    const { asked } = await opened();
    await wait(RENEW_MS);
    expect(asked).toHaveLength(2);
  });

  it("are of no interest when it is not shown", async () => {
    const { tell, asked, close } = await opened();
    tell(joins);
    close();
    tell({ ...joins, member_count: 4 });
    await wait(RENEW_MS);
    expect(asked).toHaveLength(1);
  });
});
