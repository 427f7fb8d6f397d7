import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderRouted } from "../../../test/render";
import { boris, channel, groupView, me } from "../../../test/samples";
import type { Parley } from "../../state/parley";
import { InvitePage } from "./InvitePage";

const view = groupView({ channels: [channel("11"), channel("12")] });

function asked(parley: Parley) {
  vi.spyOn(parley.api, "invitePreview").mockResolvedValue({
    invite: { code: "abc", expires_ms: null },
    group: { id: "10", name: "Garden" },
    inviter: boris,
    member_count: 2,
  });
  return vi.spyOn(parley.api, "acceptInvite").mockResolvedValue({ view, channel_id: "12" });
}

it("takes in whoever signs up here without another press, and leads to the channel of the invitation", async () => {
  let accept = vi.fn();
  const { parley, router } = await renderRouted(<InvitePage code="abc" />, {
    path: "/invite/abc",
    prepare: (parley) => {
      accept = asked(parley) as never;
      parley.account.setState({ state: "out", me: null });
    },
  });
  await screen.findByTestId("signup-username");
  expect(accept).not.toHaveBeenCalled();
  act(() => parley.account.setState({ state: "in", me }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/g/10/c/12"));
  expect(accept).toHaveBeenCalledExactlyOnceWith("abc");
});

it("asks whoever was logged in already", async () => {
  let accept = vi.fn();
  const { router } = await renderRouted(<InvitePage code="abc" />, {
    path: "/invite/abc",
    prepare: (parley) => {
      accept = asked(parley) as never;
    },
  });
  const button = await screen.findByTestId("invite-accept");
  expect(accept).not.toHaveBeenCalled();
  await userEvent.click(button);
  await waitFor(() => expect(router.state.location.pathname).toBe("/g/10/c/12"));
});
