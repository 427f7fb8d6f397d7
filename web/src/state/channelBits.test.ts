import { expect, it } from "vitest";
import { channel, groupView, me, member, ready, role } from "../../test/samples";
import { bitsAnywhere, bitsIn } from "./channelBits";
import { Permission } from "./permissions";
import { applyReady, emptyWorld } from "./world";

const { manage_messages, view_channel } = Permission;
const allowed = [{ target: "member", target_id: me.id, allow: manage_messages, deny: 0 } as const];
const everyone = role("10", { permissions: view_channel });

function world(...channels: ReturnType<typeof channel>[]) {
  const view = groupView({ channels, roles: [everyone], member: member(me.id) });
  return applyReady(emptyWorld, ready({ groups: [view] }));
}

it("is nothing in a group that one is not in", () => {
  expect(bitsIn(world(), "99", null, 0)).toBe(0);
  expect(bitsAnywhere(world(), "99", 0)).toBe(0);
});

it("counts what a channel, or its category, gives there", () => {
  expect(bitsAnywhere(world(channel("11")), "10", 0)).toBe(view_channel);
  const own = world(channel("11", { overwrites: allowed }));
  expect(bitsIn(own, "10", null, 0)).toBe(view_channel);
  expect(bitsAnywhere(own, "10", 0)).toBe(view_channel | manage_messages);
  const category = channel("13", { kind: "category", overwrites: allowed });
  expect(bitsAnywhere(world(category, channel("11", { category_id: "13" })), "10", 0)).toBe(
    view_channel | manage_messages,
  );
});
