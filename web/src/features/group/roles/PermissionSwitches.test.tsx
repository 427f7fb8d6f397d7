import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../../test/render";
import { Permission } from "../../../state/permissions";
import { PermissionSwitches } from "./PermissionSwitches";

const { speak, connect, administrator } = Permission;

function setUp(bits: number, own: number, locked = false) {
  const onChange = vi.fn();
  renderWith(<PermissionSwitches bits={bits} own={own} locked={locked} onChange={onChange} />);
  const toggle = (name: string) => screen.getByRole<HTMLInputElement>("switch", { name: new RegExp(name) });
  return { onChange, toggle };
}

it("gives and takes what one has oneself", async () => {
  const { onChange, toggle } = setUp(speak, speak | connect);
  await userEvent.click(toggle("^Join voice"));
  expect(onChange).toHaveBeenLastCalledWith(speak | connect);
  await userEvent.click(toggle("^Speak"));
  expect(onChange).toHaveBeenLastCalledWith(0);
});

it("takes what one lacks, and does not give it", () => {
  const { toggle } = setUp(speak, 0);
  expect(toggle("^Speak").disabled).toBe(false);
  expect(toggle("^Join voice").disabled).toBe(true);
  expect(toggle("^Join voice").labels?.[0]?.textContent).toContain("do not have yourself");
});

it("changes nothing that stands above", () => {
  const { toggle } = setUp(speak, speak, true);
  expect(toggle("^Speak").disabled).toBe(true);
});

it("warns of administrators", () => {
  setUp(administrator, administrator);
  expect(screen.getByText(/trust with the whole group/)).toBeTruthy();
});
