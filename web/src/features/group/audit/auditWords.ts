/** How entries of the audit log are put into words. Pure. */

import type { AuditEntry } from "../../../gateway/protocol";

/** Those that can be looked for; a server may know more. */
export const AUDIT_ACTIONS = [
  "group.update",
  "group.transfer",
  "safety.update",
  "channel.create",
  "channel.update",
  "channel.delete",
  "channel.order",
  "overwrite.update",
  "overwrite.delete",
  "role.create",
  "role.update",
  "role.delete",
  "role.order",
  "member.role",
  "member.nickname",
  "member.time_out",
  "member.kick",
  "ban.create",
  "ban.delete",
  "invite.create",
  "invite.delete",
  "addition.delete",
  "emoji.create",
  "emoji.update",
  "emoji.delete",
  "message.delete",
  "message.bulk_delete",
  "message.pin",
  "message.unpin",
  "reaction.delete",
  "filter.create",
  "filter.update",
  "filter.delete",
  "filter.hit",
  "report.handle",
] as const;

/** The key of the sentence for an entry: some actions mean two things. */
export function sentenceOf({ action, changes }: AuditEntry): string {
  if (action === "member.role")
    return `audit.say.member.role.${changes["has"] === false ? "taken" : "given"}`;
  if (action === "member.time_out")
    return `audit.say.member.time_out.${changes["until_ms"] === null ? "ended" : "set"}`;
  if (action === "member.nickname")
    return `audit.say.member.nickname.${changes["nickname"] === null ? "taken" : "given"}`;
  return (AUDIT_ACTIONS as readonly string[]).includes(action) ? `audit.say.${action}` : "audit.say.other";
}

export type DetailKind =
  | "text"
  | "bits"
  | "time"
  | "colour"
  | "role"
  | "channel"
  | "user"
  | "seconds"
  | "yes"
  | "choice";

export interface Detail {
  name: string;
  kind: DetailKind;
  value: string | number | boolean | null;
}

const KINDS: Readonly<Record<string, DetailKind>> = {
  permissions: "bits",
  allow: "bits",
  deny: "bits",
  colour: "colour",
  role_id: "role",
  channel_id: "channel",
  category_id: "channel",
  user_id: "user",
  hoisted: "yes",
  mentionable: "yes",
  private: "yes",
  action: "choice",
  state: "choice",
  kind: "choice",
  by: "choice",
};
/** What the sentence itself says, or nobody needs to read. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  "member.role": ["has", "role_id"],
  "role.create": ["name", "position"],
  "role.delete": ["name"],
  "role.update": ["position"],
  "channel.create": ["name"],
  "channel.delete": ["name"],
  "channel.update": ["position"],
  "emoji.create": ["name"],
  "emoji.update": ["name"],
  "emoji.delete": ["name"],
  "filter.create": ["name"],
  "filter.update": ["name"],
  "filter.delete": ["name"],
  "filter.hit": ["filter"],
  "overwrite.update": ["target", "target_id"],
  "overwrite.delete": ["target", "target_id"],
};

function kindOf(name: string): DetailKind {
  if (name.endsWith("_ms")) return "time";
  return name.endsWith("_s") ? "seconds" : (KINDS[name] ?? "text");
}

/** What is worth reading beside the sentence. */
export function detailsOf({ action, changes }: AuditEntry): Detail[] {
  const said = SAID[action] ?? [];
  return (
    Object.entries(changes)
      .filter(([name]) => !said.includes(name))
      .filter(([, value]) => value !== null && value !== "" && value !== 0)
      // Of what is new, only what it is.
      .filter(([, value]) => value !== false || !action.endsWith(".create"))
      .map(([name, value]) => ({ name, kind: kindOf(name), value }))
  );
}
