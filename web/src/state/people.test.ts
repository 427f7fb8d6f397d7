import { expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { boris, chloe, conversation, cursor, me, ready } from "../../test/samples";
import type { Relation } from "../gateway/protocol";
import { networkError, RequestError } from "../lib/errors";
import { People } from "./people";
import { applyReady, emptyWorld, type World } from "./world";

const dora = { id: "9", username: "dora", display_name: "Dora" };

function setUp() {
  const world = createStore<World>(() => applyReady(emptyWorld, ready()));
  const related = (kind: Relation["kind"]): Promise<Relation> =>
    Promise.resolve({ user: chloe, kind, since_ms: 1 });
  const api = {
    user: vi.fn(() => Promise.resolve(dora)),
    befriend: vi.fn(() => related("outgoing")),
    relate: vi.fn((_: string, kind: "friend" | "blocked") => related(kind)),
    endRelation: vi.fn(() => Promise.resolve()),
    startConversation: vi.fn(() =>
      Promise.resolve({ conversation: conversation("80"), cursor: cursor("80"), last_message: null }),
    ),
    nameConversation: vi.fn((id: string, name: string) =>
      Promise.resolve(conversation(id, { kind: "group", name })),
    ),
    addToConversation: vi.fn((id: string, user: string) =>
      Promise.resolve(conversation(id, { member_ids: [me.id, boris.id, user] })),
    ),
    removeFromConversation: vi.fn(() => Promise.resolve()),
  };
  return { world, api, people: new People(world, api, () => 0) };
}

it("fetches somebody unknown once", async () => {
  const { people, api, world } = setUp();
  await Promise.all([people.know("9"), people.know("9")]);
  await people.know(me.id);
  expect(api.user).toHaveBeenCalledOnce();
  expect(world.getState().users["9"]).toEqual(dora);
});

it("asks again for one who could not be asked for, and not for one who is not to be known", async () => {
  const { people, api } = setUp();
  api.user.mockRejectedValueOnce(networkError());
  await people.know("9");
  api.user.mockRejectedValueOnce(new RequestError("unknown_user", "", {}, 404));
  await people.know("9");
  await people.know("9");
  expect(api.user).toHaveBeenCalledTimes(2);
});

it("shows a relation as it was answered, until it ends", async () => {
  const { people, world } = setUp();
  await people.befriend("chloe");
  expect(world.getState().relations[chloe.id]?.kind).toBe("outgoing");
  await people.relate(chloe.id, "blocked");
  expect(world.getState().relations[chloe.id]?.kind).toBe("blocked");
  await people.endRelation(chloe.id);
  expect(world.getState().relations).toEqual({});
});

it("opens a conversation, names it, adds somebody and leaves it", async () => {
  const { people, world } = setUp();
  expect(await people.converse([boris.id])).toBe("80");
  await people.nameConversation("80", "Pair");
  expect(world.getState().conversations["80"]?.name).toBe("Pair");
  await people.addTo("80", chloe.id);
  expect(world.getState().conversations["80"]?.member_ids).toContain(chloe.id);
  await people.removeFrom("80", chloe.id);
  expect(world.getState().conversations["80"]).toBeDefined();
  await people.removeFrom("80", "@me");
  expect(world.getState().conversations).toEqual({});
});
