import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { boris, channel, chloe, groupView, member, ready, role, textSection } from "../../../test/samples";
import { drafts } from "../../state/drafts";
import { channelPlace } from "../../state/places";
import { withMembers } from "../../state/world";
import { Composer } from "./Composer";

beforeEach(() => drafts.setState({}, true));

function setUp() {
  const parley = renderWith(
    <Composer
      place={channelPlace(channel("11", { name: "general" }))}
      maySend
      mayAttach
      onFiles={vi.fn()}
      onVoice={() => undefined}
      onPaste={vi.fn()}
      onEditLast={vi.fn()}
    />,
    ready({
      users: [boris, chloe],
      groups: [
        groupView({
          channels: [channel("11", { name: "general" }), channel("13", { name: "seeds" })],
          roles: [
            role("10"),
            role("20", { name: "night watch", mentionable: true }),
            role("21", { name: "hidden" }),
          ],
          emojis: [{ id: "60", group_id: "10", name: "trowel", animated: false, creator_id: "2" }],
        }),
      ],
    }),
  );
  parley.world.setState({ memberships: withMembers({}, [member(boris.id), member(chloe.id)]) });
  const none = Promise.resolve({ members: [], users: [] });
  vi.spyOn(parley.api, "members").mockReturnValue(none);
  vi.spyOn(parley.api, "searchMembers").mockReturnValue(none);
  vi.spyOn(parley.conversations, "typing").mockReturnValue();
  const send = vi.spyOn(parley.outbox, "send").mockReturnValue("n");
  return { send, user: userEvent.setup(), box: screen.getByTestId<HTMLTextAreaElement>("message-input") };
}

it("completes people, roles and channels by keyboard, and sends what they stand for", async () => {
  const { send, user, box } = setUp();
  await user.type(box, "@bor");
  await screen.findByTestId("suggest-@boris");
  await user.keyboard("{Enter}");
  expect(box.value).toBe("@boris ");
  await user.keyboard("@night");
  await screen.findByTestId("suggest-@night watch");
  await user.keyboard("{Tab}#see");
  await screen.findByTestId("suggest-#seeds");
  await user.keyboard("{Enter}{Enter}");
  expect(send.mock.calls.map(([, sections]) => sections)).toEqual([[textSection("<@2> <@&20> <#13>")]]);
});

it("offers only whom one may call, moves with the arrows, and goes away with Escape", async () => {
  const { user, box } = setUp();
  await user.type(box, "@");
  await screen.findByTestId("suggestions");
  const offered = screen.getAllByRole("option").map((each) => each.dataset["testid"]);
  expect(offered).toEqual(["suggest-@boris", "suggest-@chloe", "suggest-@night watch"]);
  await user.keyboard("{ArrowDown}");
  expect(screen.getByTestId("suggest-@chloe").getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{Escape}");
  expect(screen.queryByTestId("suggestions")).toBeNull();
  expect(box.value).toBe("@");
});

it("completes the group's own emoji and those of Unicode", async () => {
  const { send, user, box } = setUp();
  await user.type(box, ":trow");
  await screen.findByTestId("suggest-:trowel:");
  await user.keyboard("{Enter}:tomat");
  await screen.findByTestId("suggest-🍅");
  await user.keyboard("{Enter}{Enter}");
  expect(send.mock.calls.map(([, sections]) => sections)).toEqual([[textSection("<:trowel:60> 🍅")]]);
});
