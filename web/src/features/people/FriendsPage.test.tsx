import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderAt } from "../../../test/render";
import { boris, chloe, conversation, cursor } from "../../../test/samples";
import type { Relation } from "../../gateway/protocol";
import { RequestError } from "../../lib/errors";
import FriendsPage from "./FriendsPage";

const relation = (user: Relation["user"], kind: Relation["kind"]): Relation => ({ user, kind, since_ms: 1 });

async function setUp(...relations: Relation[]) {
  const { parley, address } = await renderAt("/friends", <FriendsPage />, { relations });
  return { parley, address, user: userEvent.setup() };
}

it("asks somebody by user name, and says what came of it", async () => {
  const { parley, user } = await setUp();
  const ask = vi.spyOn(parley.api, "befriend").mockResolvedValue(relation(chloe, "outgoing"));
  await user.type(screen.getByTestId("friend-name"), "@Chloe{Enter}");
  expect(ask).toHaveBeenCalledExactlyOnceWith("chloe");
  expect(await screen.findByText(/Chloe was asked/)).toBeTruthy();
  ask.mockRejectedValue(new RequestError("unknown_user", "", {}, 404));
  await user.type(screen.getByTestId("friend-name"), "nobody{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("Nobody has that user name");
});

it("accepts and refuses who asks", async () => {
  const { parley, user } = await setUp(relation(boris, "incoming"), relation(chloe, "incoming"));
  vi.spyOn(parley.api, "relate").mockResolvedValue(relation(boris, "friend"));
  vi.spyOn(parley.api, "endRelation").mockResolvedValue();
  await user.click(within(screen.getByTestId("friend-boris")).getByTestId("friend-accept"));
  await user.click(within(screen.getByTestId("friend-chloe")).getByTestId("friend-refuse"));
  await waitFor(() => expect(screen.queryByTestId("friend-chloe")).toBeNull());
  expect(screen.getByRole("region", { name: "Friends 1" })).toBeTruthy();
});

it("writes to a friend, and frees whom one has blocked", async () => {
  const { parley, address, user } = await setUp(relation(boris, "friend"), relation(chloe, "blocked"));
  vi.spyOn(parley.api, "startConversation").mockResolvedValue({
    conversation: conversation("80"),
    cursor: cursor("80"),
    last_message: null,
  });
  const end = vi.spyOn(parley.api, "endRelation").mockResolvedValue();
  await user.click(screen.getByTestId("unblock"));
  expect(end).toHaveBeenCalledExactlyOnceWith(chloe.id);
  await user.click(screen.getByTestId("friend-message"));
  await waitFor(() => expect(address()).toBe("/d/80"));
});
