import { describe, expect, it } from "vitest";
import { groupView, me, member, role } from "../../test/samples";
import type { Member, Role } from "../gateway/protocol";
import { Permission } from "./permissions";
import { type Deed, deedsTo, givableRoles, isTimedOut, moderatorRole, OWNER_RANK, rankOf } from "./ranks";
import type { GroupState } from "./world";

const MODERATION =
  Permission.manage_messages | Permission.kick_members | Permission.time_out_members | Permission.ban_members;

const everyone = role("10", { permissions: Permission.change_nickname });
const low = role("21", { position: 1, permissions: Permission.speak });
const moderator = role("22", { position: 2, permissions: MODERATION });
const high = role("23", { position: 3, permissions: Permission.administrator });

function state(own: Partial<Member> = {}, roles: Role[] = [everyone, low, moderator, high]): GroupState {
  const { group } = groupView();
  return { group, roles, emojis: [], member: member(me.id, own), memberCount: 3 };
}
const sorted = (deeds: ReadonlySet<Deed>): Deed[] => [...deeds].sort();

describe("ranks", () => {
  it("are the highest position of one's roles, the owner's above all", () => {
    const group = state();
    expect(rankOf(group, member("5"))).toBe(0);
    expect(rankOf(group, member("5", { role_ids: ["21", "22"] }))).toBe(2);
    expect(rankOf(group, member(group.group.owner_id))).toBe(OWNER_RANK);
  });
});

describe("what one may do to whom", () => {
  it("is nothing without permissions", () => {
    expect(sorted(deedsTo(state(), member("5"), 0))).toEqual([]);
  });

  it("is for those below alone", () => {
    const group = state({ role_ids: ["22"] });
    expect(sorted(deedsTo(group, member("5"), 0))).toEqual(["ban", "kick", "timeOut"]);
    expect(sorted(deedsTo(group, member("5", { role_ids: ["21"] }), 0))).toEqual(["ban", "kick", "timeOut"]);
    expect(sorted(deedsTo(group, member("5", { role_ids: ["22"] }), 0))).toEqual([]);
    expect(sorted(deedsTo(group, member("5", { role_ids: ["23"] }), 0))).toEqual([]);
    expect(sorted(deedsTo(group, member(group.group.owner_id), 0))).toEqual([]);
  });

  it("is everything for an administrator, and nothing in time-out", () => {
    const target = member("5", { role_ids: ["22"] });
    expect(sorted(deedsTo(state({ role_ids: ["23"] }), target, 0))).toEqual([
      "ban",
      "kick",
      "nickname",
      "roles",
      "timeOut",
    ]);
    expect(sorted(deedsTo(state({ role_ids: ["23"], timed_out_until_ms: 50 }), target, 49))).toEqual([]);
  });

  it("lets one name oneself and give oneself lower roles, never more", () => {
    expect(sorted(deedsTo(state(), member(me.id), 0))).toEqual(["nickname"]);
    expect(sorted(deedsTo(state({ role_ids: ["23"] }), member(me.id, { role_ids: ["23"] }), 0))).toEqual([
      "nickname",
      "roles",
    ]);
  });
});

describe("roles to give", () => {
  it("stand below and hold nothing that one lacks", () => {
    const keeper = role("24", { position: 4, permissions: Permission.manage_roles | Permission.speak });
    const group = state({ role_ids: ["24"] }, [everyone, low, moderator, keeper]);
    expect(givableRoles(group, 0).map((each) => each.id)).toEqual(["21"]);
    expect(givableRoles(state({ role_ids: ["22"] }), 0)).toEqual([]);
  });
});

describe("the moderators' role", () => {
  it("is the one of that name, else the lowest that moderates", () => {
    expect(moderatorRole(state())?.id).toBe("22");
    const named = role("25", { position: 5, name: "Moderator", permissions: MODERATION });
    expect(moderatorRole(state({}, [everyone, moderator, named]))?.id).toBe("25");
  });

  it("is none that runs the group", () => {
    expect(moderatorRole(state({}, [everyone, low, high]))).toBeNull();
    const runs = role("26", { position: 5, permissions: MODERATION | Permission.manage_roles });
    expect(moderatorRole(state({}, [everyone, runs]))).toBeNull();
  });
});

it("a time-out ends by itself", () => {
  expect(isTimedOut(member("5", { timed_out_until_ms: 50 }), 49)).toBe(true);
  expect(isTimedOut(member("5", { timed_out_until_ms: 50 }), 50)).toBe(false);
  expect(isTimedOut(member("5"), 0)).toBe(false);
  expect(isTimedOut(undefined, 0)).toBe(false);
});
