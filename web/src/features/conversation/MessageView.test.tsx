import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderAt } from "../../../test/render";
import {
  boris,
  channel,
  chloe,
  groupView,
  me,
  member,
  message,
  ready,
  textSection,
} from "../../../test/samples";
import type { Message } from "../../gateway/protocol";
import { channelPlace } from "../../state/places";
import { withMembers } from "../../state/world";
import { MessageView } from "./MessageView";

const everything = 0x3fffff;

async function show(shown: Message, blocked = false) {
  const onReply = vi.fn();
  const { parley } = await renderAt(
    "/",
    <MessageView
      row={{ kind: "message", key: "k", message: shown, timeMs: 0, compact: false, day: false, line: false }}
      place={channelPlace(channel("11"))}
      flash={false}
      active={false}
      editing={false}
      onEdit={vi.fn()}
      onReply={onReply}
    />,
    ready({
      users: [boris, chloe],
      relations: blocked ? [{ user: boris, kind: "blocked", since_ms: 1 }] : [],
      groups: [
        groupView({
          roles: groupView().roles.map((each) => ({ ...each, permissions: everything })),
        }),
      ],
    }),
  );
  parley.world.setState({ memberships: withMembers({}, [member(boris.id, { nickname: "Bob" })]) });
  return { parley, onReply, user: userEvent.setup() };
}
const article = (): HTMLElement => screen.getByTestId("message");

it("names people as the group does, and marks what calls for this person", async () => {
  const mentions = { user_ids: [me.id], role_ids: [], everyone: false, here: false };
  await show(message("100", boris.id, { sections: [textSection("hey <@1>, <@2> is here")], mentions }));
  expect(screen.getByTestId("message-author").textContent).toBe("Bob");
  expect(article().dataset["pinged"]).toBe("true");
  expect(screen.getAllByTestId("mention").map((each) => each.textContent)).toEqual(["@Anna", "@Bob"]);
});

it("hides what somebody blocked has written until one wants to see it", async () => {
  const { user } = await show(message("100"), true);
  expect(screen.queryByTestId("message")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Show it" }));
  expect(article().textContent).toContain("message 100");
});

it("shows its tools to a pointer, and answers", async () => {
  const { user, onReply } = await show(message("100"));
  expect(screen.queryByTestId("message-reply")).toBeNull();
  await user.hover(article());
  // user-event would tell of a pointer that goes nowhere before it comes back to the button.
  fireEvent.click(await screen.findByTestId("message-reply"));
  expect(onReply).toHaveBeenCalledExactlyOnceWith("100");
});

it("shows reactions, those of one's own as pressed, and reacts with a press", async () => {
  const reactions = [
    { emoji: "🍅", count: 2 },
    { emoji: "🥕", count: 1 },
  ];
  const { parley, user } = await show(message("100", boris.id, { reactions }));
  const react = vi.spyOn(parley.conversations, "react").mockResolvedValue();
  parley.world.setState({ reacted: { "100": ["🍅"] } });
  await waitFor(() => expect(screen.getByTestId("reaction-🍅").getAttribute("aria-pressed")).toBe("true"));
  expect(screen.getByTestId("reaction-🥕").getAttribute("aria-pressed")).toBe("false");
  await user.click(screen.getByTestId("reaction-🥕"));
  expect(react).toHaveBeenCalledExactlyOnceWith("11", "100", "🥕");
});
