import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderRouted } from "../../../../test/render";
import { boris, chloe, member } from "../../../../test/samples";
import { upkeepOf } from "../../../state/upkeep";
import { AuditSection } from "./AuditSection";

it("asks for what was done to one member", async () => {
  let audit = vi.fn();
  await renderRouted(<AuditSection groupId="10" item={undefined} />, {
    prepare: (parley) => {
      audit = vi
        .spyOn(upkeepOf(parley).rest, "audit")
        .mockResolvedValue({ entries: [], users: [], has_more: false }) as never;
      vi.spyOn(parley.api, "searchMembers").mockResolvedValue({
        members: [member(boris.id), member(chloe.id)],
        users: [boris, chloe],
      });
    },
  });
  await userEvent.type(screen.getByRole("combobox", { name: "To whom" }), "ch");
  await userEvent.click(await screen.findByRole("option", { name: /Chloe/ }));
  await waitFor(() => expect(audit).toHaveBeenLastCalledWith("10", { limit: 50, target: chloe.id }));
});
