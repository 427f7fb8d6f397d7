import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import type { Level } from "../../gateway/protocol";
import { FOR_GOOD_MS } from "../../state/levels";
import { LevelForm } from "./LevelForm";

function setUp(scope: "group" | "channel", target: string, levels: Level[] = []) {
  const onClose = vi.fn();
  const parley = renderWith(<LevelForm scope={scope} targetId={target} onClose={onClose} />, { levels });
  const set = vi.spyOn(parley.reading, "setLevel").mockResolvedValue();
  return { set, onClose, user: userEvent.setup() };
}

it("offers a channel what its group has, and mutes it for good", async () => {
  const { set, onClose, user } = setUp("channel", "11");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /As in the group/ }).checked).toBe(true);
  await user.click(screen.getByRole("radio", { name: /Mentions only/ }));
  await user.selectOptions(screen.getByTestId("level-mute"), "good");
  await user.click(screen.getByTestId("level-save"));
  expect(set).toHaveBeenCalledExactlyOnceWith("channel", "11", "mentions", FOR_GOOD_MS);
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
});

it("keeps a mute that ends later, and says nothing where all is told", async () => {
  const until = Date.now() + 60_000;
  const level: Level = { scope: "group", target_id: "10", level: "none", muted_until_ms: until };
  const { set, user } = setUp("group", "10", [level]);
  expect(screen.queryByRole("radio", { name: /As in the group/ })).toBeNull();
  await user.click(screen.getByRole("radio", { name: /Everything/ }));
  await user.click(screen.getByTestId("level-save"));
  expect(set).toHaveBeenCalledExactlyOnceWith("group", "10", "default", until);
});
