import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderRouted } from "../../../test/render";
import { boris, chloe, groupView, me, member, ready, role } from "../../../test/samples";
import { RequestError } from "../../lib/errors";
import type { Parley } from "../../state/parley";
import { MODERATOR } from "../../state/ranks";
import { withMembers } from "../../state/world";
import { useMemberEntries } from "./useMemberEntries";

const everyone = role("10", { name: "everyone" });
const moderator = role("21", { name: "Moderator", position: 1, permissions: MODERATOR });

function Entries({ userId }: { userId: string }) {
  return useMemberEntries("10", userId).map((each) => <p key={each.id}>{each.id}</p>);
}

async function entriesOf(userId: string, own: string[], theirs: string[] | null, owner = false) {
  const view = groupView({ roles: [everyone, moderator], member: member(me.id, { role_ids: own }) });
  if (owner) view.group = { ...view.group, owner_id: me.id };
  const snapshot = ready({ groups: [view], users: [boris, chloe] });
  const prepare = (parley: Parley): void => {
    vi.spyOn(parley.api, "member").mockRejectedValue(new RequestError("unknown_member", "", {}, 404));
    const known = theirs && member(userId, { role_ids: theirs });
    parley.world.setState(({ memberships }) => ({ memberships: withMembers(memberships, [known]) }));
  };
  await renderRouted(<Entries userId={userId} />, { snapshot, path: "/g/10/c/11", prepare });
  return async (wanted: string[]): Promise<void> => {
    await vi.waitFor(() =>
      expect(screen.queryAllByText(/./).map((each) => each.textContent)).toEqual(wanted),
    );
  };
}

it("has what a moderator may do to those below", async () => {
  const expectEntries = await entriesOf(chloe.id, ["21"], []);
  await expectEntries(["message", "mention", "nickname", "timeOut", "kick", "ban"]);
});

it("has nothing of that for an equal, nor for the owner", async () => {
  const expectEntries = await entriesOf(chloe.id, ["21"], ["21"]);
  await expectEntries(["message", "mention"]);
});

it("lets the owner do everything, appoint moderators too", async () => {
  const expectEntries = await entriesOf(chloe.id, [], ["21"], true);
  await expectEntries(["message", "mention", "nickname", "roles", "moderator", "timeOut", "kick", "ban"]);
});

it("lets one who left be kept out, once that is known", async () => {
  const expectEntries = await entriesOf(chloe.id, ["21"], null);
  await expectEntries(["message", "mention", "ban"]);
});
