import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";
import { renderRouted } from "../../../test/render";
import { channel, cursor, groupView, ready, role, voiceState } from "../../../test/samples";
import { Permission } from "../../state/permissions";
import { settings } from "../../state/settings";
import { ChannelList } from "./ChannelList";

afterEach(() => settings.setState({ collapsed: [] }));

const hidden = [{ target: "role", target_id: "10", allow: 0, deny: Permission.connect } as const];
const channels = [
  channel("11", { name: "general", position: 0 }),
  channel("20", { name: "Beds", kind: "category", position: 1 }),
  channel("21", { name: "roses", position: 2, category_id: "20" }),
  channel("22", { name: "weeds", position: 3, category_id: "20" }),
  channel("23", { name: "shed", kind: "voice", position: 4, category_id: "20", overwrites: hidden }),
];

async function show(permissions = Permission.view_channel as number, unread = 0) {
  const view = groupView({
    channels,
    roles: [role("10", { permissions })],
    cursors: [cursor("22", { unread })],
    voice: [voiceState("2", 7, { channel_id: "23" })],
  });
  await renderRouted(<ChannelList groupId="10" />, {
    snapshot: ready({ groups: [view] }),
    path: "/g/10/c/11",
  });
  const names = () =>
    screen.queryAllByTestId(/^channel-\w+$/).map((each) => each.dataset["testid"]?.slice(8));
  return { names, beds: await screen.findByTestId("category-Beds") };
}

it("shows channels in their categories", async () => {
  const { names } = await show();
  expect(names()).toEqual(["general", "roses", "weeds", "shed"]);
  const beds = screen.getByRole("region", { name: "Beds" });
  expect(within(beds).queryByTestId("channel-general")).toBeNull();
});

it("folds a category, but for what calls and where people talk", async () => {
  const { names, beds } = await show(Permission.view_channel, 2);
  await userEvent.click(beds);
  expect(beds.getAttribute("aria-expanded")).toBe("false");
  expect(names()).toEqual(["general", "weeds", "shed"]);
  expect(settings.getState().collapsed).toEqual(["20"]);
  await userEvent.click(beds);
  expect(names()).toHaveLength(4);
});

it("offers changes to those who may make them alone", async () => {
  await show();
  expect(screen.queryByTestId("new-text-channel")).toBeNull();
  expect(screen.queryByTestId("channel-edit-general")).toBeNull();
});

it("lets managers add, edit and drag", async () => {
  await show(Permission.view_channel | Permission.manage_channels);
  expect(screen.getByTestId("new-text-channel")).toBeTruthy();
  expect(screen.getByTestId("new-channel-Beds")).toBeTruthy();
  expect(screen.getByTestId("channel-edit-general").getAttribute("href")).toBe("/g/10/settings/channels/11");
  expect(screen.getByTestId("channel-general").closest("[draggable=true]")).not.toBeNull();
});
