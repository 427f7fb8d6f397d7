import { expect, it } from "vitest";
import type { AuditEntry } from "../../../gateway/protocol";
import { enModeration } from "../../../texts/en.moderation";
import { AUDIT_ACTIONS, detailsOf, sentenceOf } from "./auditWords";

const entry = (action: string, changes: AuditEntry["changes"] = {}): AuditEntry => ({
  id: "81",
  group_id: "10",
  actor_id: "1",
  action,
  target_kind: "member",
  target_id: "2",
  reason: "",
  changes,
});

it("has a sentence and a name for every action", () => {
  for (const action of AUDIT_ACTIONS) {
    expect(enModeration, action).toHaveProperty([sentenceOf(entry(action))]);
    expect(enModeration, action).toHaveProperty([`audit.action.${action}`]);
  }
  expect(enModeration).toHaveProperty([sentenceOf(entry("something.new"))]);
});

it("tells giving from taking, and setting from ending", () => {
  expect(sentenceOf(entry("member.role", { has: true }))).toBe("audit.say.member.role.given");
  expect(sentenceOf(entry("member.role", { has: false }))).toBe("audit.say.member.role.taken");
  expect(sentenceOf(entry("member.time_out", { until_ms: null }))).toBe("audit.say.member.time_out.ended");
  expect(sentenceOf(entry("member.time_out", { until_ms: 5 }))).toBe("audit.say.member.time_out.set");
  expect(sentenceOf(entry("member.nickname", { nickname: null }))).toBe("audit.say.member.nickname.taken");
});

it("keeps what the sentence does not say", () => {
  expect(
    detailsOf(
      entry("role.create", { name: "cook", permissions: 5, colour: null, position: 3, hoisted: false }),
    ),
  ).toEqual([{ name: "permissions", kind: "bits", value: 5 }]);
  expect(detailsOf(entry("invite.create", { expires_ms: 9, max_uses: 2 }))).toEqual([
    { name: "expires_ms", kind: "time", value: 9 },
    { name: "max_uses", kind: "text", value: 2 },
  ]);
  expect(detailsOf(entry("ban.create", { deleted_messages: 0 }))).toEqual([]);
});
