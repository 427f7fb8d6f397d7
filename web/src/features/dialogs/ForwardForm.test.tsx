import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderRouted } from "../../../test/render";
import { boris, channel, groupView, me, ready } from "../../../test/samples";
import { networkError } from "../../lib/errors";
import { ForwardForm } from "./ForwardForm";

it("sends one copy under one nonce, however often it is pressed", async () => {
  const view = groupView({ channels: [channel("11"), channel("12", { name: "plots" })] });
  let write = vi.fn();
  await renderRouted(<ForwardForm channelId="11" messageId="101" onClose={() => undefined} />, {
    snapshot: ready({ groups: [{ ...view, group: { ...view.group, owner_id: me.id } }], users: [boris] }),
    prepare: (parley) => {
      write = vi.spyOn(parley.api, "writeMessage").mockRejectedValue(networkError()) as never;
    },
  });
  const nonces = () => write.mock.calls.map(([, fields]) => (fields as { nonce: string }).nonce);
  await userEvent.click(screen.getByTestId("forward-plots"));
  await userEvent.click(screen.getByTestId("forward-send"));
  await screen.findByRole("alert");
  await userEvent.click(screen.getByTestId("forward-send"));
  await waitFor(() => expect(write).toHaveBeenCalledTimes(2));
  expect(new Set(nonces()).size).toBe(1);
  await userEvent.type(screen.getByTestId("forward-comment"), "look");
  await userEvent.click(screen.getByTestId("forward-send"));
  await waitFor(() => expect(write).toHaveBeenCalledTimes(3));
  expect(new Set(nonces()).size).toBe(2);
});
