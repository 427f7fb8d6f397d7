import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderRouted } from "../../../test/render";
import { channel, groupView, me, ready } from "../../../test/samples";
import type { Invite } from "../../gateway/protocol";
import { InviteForms } from "./InviteForms";

const invite = (code: string, more: Partial<Invite> = {}): Invite => ({
  code,
  group_id: "10",
  channel_id: null,
  creator_id: me.id,
  expires_ms: Date.now() + 7 * 86_400_000 - 1000,
  max_uses: null,
  uses: 0,
  email: null,
  ...more,
});

async function setUp(channelId?: string, ...open: Invite[]) {
  const group = groupView();
  const owned = { ...group, group: { ...group.group, owner_id: me.id } };
  const channels = [
    channel("11", { name: "general", position: 0 }),
    channel("12", { name: "plots", position: 1 }),
    channel("13", { name: "Voice", kind: "voice", position: 2 }),
  ];
  const calls = { create: vi.fn(), mail: vi.fn() };
  await renderRouted(<InviteForms groupId="10" channelId={channelId} />, {
    snapshot: ready({ groups: [{ ...owned, channels }] }),
    prepare: (parley) => {
      vi.spyOn(parley.api, "invites").mockResolvedValue({ invites: open });
      vi.spyOn(parley.api, "pendingAdditions").mockResolvedValue({ additions: [], users: [] });
      calls.create = vi.spyOn(parley.api, "createInvite").mockResolvedValue(invite("new")) as never;
      calls.mail = vi.spyOn(parley.api, "mailInvite").mockResolvedValue(invite("mailed")) as never;
    },
  });
  return {
    ...calls,
    user: userEvent.setup(),
    select: screen.getByTestId("invite-channel") as HTMLSelectElement,
  };
}

it("invites into the channel where it was opened, and into another one that is chosen", async () => {
  const { create, mail, user, select } = await setUp("12");
  expect([...select.options].map((each) => each.label)).toEqual(["#general", "#plots"]);
  await waitFor(() =>
    expect(create).toHaveBeenLastCalledWith("10", expect.objectContaining({ channel_id: "12" })),
  );
  await user.type(screen.getByTestId("invite-email"), "dora@example.org{Enter}");
  await waitFor(() => expect(mail).toHaveBeenLastCalledWith("10", "dora@example.org", "12"));
  await user.selectOptions(select, "11");
  await waitFor(() =>
    expect(create).toHaveBeenLastCalledWith("10", expect.objectContaining({ channel_id: "11" })),
  );
});

it("gives a link of before out again only where it leads to the same channel", async () => {
  const { create } = await setUp(
    undefined,
    invite("other", { channel_id: "12" }),
    invite("same", { channel_id: "11" }),
  );
  await waitFor(() =>
    expect((screen.getByTestId("invite-link") as HTMLInputElement).value).toMatch(/\/invite\/same$/),
  );
  expect(create).not.toHaveBeenCalled();
  expect(await screen.findByText(/^#plots · /)).toBeTruthy();
});
