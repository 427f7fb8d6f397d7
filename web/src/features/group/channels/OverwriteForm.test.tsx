import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderRouted } from "../../../../test/render";
import { channel, groupView, me, member, ready, role } from "../../../../test/samples";
import type { Overwrite } from "../../../gateway/protocol";
import { Permission } from "../../../state/permissions";
import { upkeepOf } from "../../../state/upkeep";
import { OverwriteForm } from "./OverwriteForm";

const { view_channel, send_messages, read_history, manage_roles } = Permission;
const own = view_channel | read_history | manage_roles;
const everyone: Overwrite = { target: "role", target_id: "10", allow: 0, deny: send_messages };

async function setUp(touchable = true) {
  const text = channel("11", { overwrites: [everyone] });
  const view = groupView({
    channels: [text],
    roles: [role("10"), role("21", { permissions: own })],
    member: member(me.id, { role_ids: ["21"] }),
  });
  const { parley } = await renderRouted(
    <OverwriteForm channel={text} target={everyone} touchable={touchable} onRemoved={() => undefined} />,
    { snapshot: ready({ groups: [view] }) },
  );
  const save = vi.spyOn(upkeepOf(parley), "setOverwrite").mockResolvedValue();
  const choice = async (name: string, which: string) =>
    within(await screen.findByTestId(`overwrite-${name}`)).getByLabelText<HTMLInputElement>(which);
  return { choice, save };
}

it("shows what is allowed and denied, and saves it with a reason", async () => {
  const { choice, save } = await setUp();
  expect((await choice("send_messages", "Deny")).checked).toBe(true);
  expect((await choice("read_history", "As elsewhere")).checked).toBe(true);
  await userEvent.click(await choice("read_history", "Allow"));
  await userEvent.type(screen.getByTestId("reason"), "so that all may read");
  await userEvent.click(screen.getByTestId("save-changes"));
  expect(save).toHaveBeenCalledWith(
    "11",
    { target: "role", target_id: "10", allow: read_history, deny: send_messages },
    "so that all may read",
  );
});

it("gives nothing that one lacks, neither by allowing it nor by no longer denying it", async () => {
  const { choice } = await setUp();
  expect((await choice("send_messages", "Allow")).disabled).toBe(true);
  expect((await choice("send_messages", "As elsewhere")).disabled).toBe(true);
  expect((await choice("attach_files", "Allow")).disabled).toBe(true);
  expect((await choice("attach_files", "Deny")).disabled).toBe(false);
});

it("is to look at where the target stands above", async () => {
  const { choice } = await setUp(false);
  expect((await choice("read_history", "Allow")).disabled).toBe(true);
  expect(screen.getByText(/stand above you/)).toBeTruthy();
});
