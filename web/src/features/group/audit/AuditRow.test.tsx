import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderWith } from "../../../../test/render";
import { boris, chloe, groupView, ready, role } from "../../../../test/samples";
import type { AuditEntry } from "../../../gateway/protocol";
import { Permission } from "../../../state/permissions";
import { AuditRow } from "./AuditRow";

function show(entry: Partial<AuditEntry>): string {
  const view = groupView({ roles: [role("10"), role("21", { name: "Beekeepers" })] });
  renderWith(
    <AuditRow
      entry={{
        id: "251451969888059392",
        group_id: "10",
        actor_id: boris.id,
        action: "member.kick",
        target_kind: "member",
        target_id: chloe.id,
        reason: "",
        changes: {},
        ...entry,
      }}
    />,
    ready({ groups: [view], users: [boris, chloe] }),
  );
  return screen.getByTestId("audit-entry").textContent ?? "";
}

it("says who did what to whom, and why, with the names set off", () => {
  expect(show({ reason: "rude" })).toContain("Boris removed Chloerude");
  expect(screen.getByText("Chloe").tagName).toBe("STRONG");
});

it("names a role that was given", () => {
  expect(show({ action: "member.role", changes: { role_id: "21", has: true } })).toContain(
    "Boris gave Chloe the role Beekeepers",
  );
});

it("tells what is now so, in words", () => {
  const text = show({
    action: "role.update",
    target_kind: "role",
    target_id: "21",
    changes: { permissions: Permission.speak | Permission.connect, colour: 0xff8800, hoisted: true },
  });
  expect(text).toContain("Boris changed the role Beekeepers");
  expect(text).toContain("PermissionsJoin voice, Speak");
  expect(text).toContain("Colour#ff8800");
  expect(text).toContain("Shown on its ownyes");
});

it("knows what is gone by the name that the entry has", () => {
  const text = show({
    action: "channel.delete",
    target_kind: "channel",
    target_id: "99",
    changes: { name: "bees" },
  });
  expect(text).toContain("Boris deleted #bees");
});

it("shows what it does not know", () => {
  expect(show({ action: "moon.landing", changes: { crew: 3 } })).toContain(
    "Boris: moon.landing (Chloe)crew3",
  );
});
