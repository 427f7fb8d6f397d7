import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { boris, chloe, member } from "../../../test/samples";
import { MemberField } from "./MemberField";

function setUp(without: string[] = []) {
  const onChange = vi.fn();
  const parley = renderWith(
    <MemberField groupId="10" label="Somebody" chosen={null} onChange={onChange} without={without} />,
  );
  const search = vi.spyOn(parley.api, "searchMembers").mockResolvedValue({
    members: [member(boris.id, { nickname: "Bo" }), member(chloe.id)],
    users: [boris, chloe],
  });
  return { onChange, search, field: screen.getByRole("combobox") };
}

it("finds members by what is typed, and chooses with the keys", async () => {
  const { onChange, search, field } = setUp();
  await userEvent.type(field, "bo");
  expect(await screen.findAllByRole("option")).toHaveLength(2);
  expect(search).toHaveBeenCalledExactlyOnceWith("10", "bo", 25);
  expect(screen.getByText("Bo")).toBeTruthy();
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(onChange).toHaveBeenCalledExactlyOnceWith(chloe.id);
});

it("leaves out who cannot be chosen, and closes with Escape", async () => {
  const { field } = setUp([boris.id]);
  await userEvent.type(field, "c");
  expect(await screen.findAllByRole("option")).toHaveLength(1);
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("option")).toBeNull();
});
