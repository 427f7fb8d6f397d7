import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { renderRouted } from "../../../test/render";
import { boris, me, message } from "../../../test/samples";
import type { Parley } from "../../state/parley";
import { type DialogSpec, ui } from "../../state/ui";
import Dialogs from "./dialogs";

beforeEach(() => ui.setState({ selection: null }));

async function ask(dialog: DialogSpec, author: string) {
  const calls = { rest: vi.fn(), gateway: vi.fn(), bulk: vi.fn() };
  await renderRouted(<Dialogs dialog={dialog} onClose={() => undefined} />, {
    prepare: (parley: Parley) => {
      const history = { messages: [message("101", author)], hasBefore: false, hasAfter: false };
      parley.world.setState({ histories: { "11": history as never } });
      calls.rest = vi.spyOn(parley.api, "deleteMessage").mockResolvedValue() as never;
      calls.bulk = vi.spyOn(parley.api, "bulkDelete").mockResolvedValue({ deleted: ["101"] }) as never;
      calls.gateway = vi.spyOn(parley.gateway, "request").mockResolvedValue({} as never) as never;
    },
  });
  await screen.findByTestId("confirm");
  return calls;
}

const one = { kind: "deleteMessage", channelId: "11", messageId: "101" } as const;

it("asks why somebody else's message goes, and tells the audit log", async () => {
  const { rest } = await ask(one, boris.id);
  await userEvent.type(screen.getByTestId("reason"), "an advertisement");
  await userEvent.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(rest).toHaveBeenCalledExactlyOnceWith("11", "101", "an advertisement"));
});

it("does not ask why one's own goes", async () => {
  const { rest, gateway } = await ask(one, me.id);
  expect(screen.queryByTestId("reason")).toBeNull();
  await userEvent.click(screen.getByTestId("confirm"));
  const fields = { channel_id: "11", message_id: "101" };
  await waitFor(() => expect(gateway).toHaveBeenCalledWith("message.delete", fields));
  expect(rest).not.toHaveBeenCalled();
});

it("asks why many go", async () => {
  ui.setState({ selection: { channelId: "11", ids: ["101"] } });
  const { bulk } = await ask({ kind: "deleteMessages", channelId: "11" }, boris.id);
  await userEvent.type(screen.getByTestId("reason"), "spam");
  await userEvent.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(bulk).toHaveBeenCalledExactlyOnceWith("11", ["101"], "spam"));
});
