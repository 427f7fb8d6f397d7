/** How permissions are shown: by topic, and which of them a channel can speak of. Pure. */

import type { ChannelKind } from "../gateway/protocol";
import { Permission, type PermissionName } from "./permissions";

export type Topic = "general" | "text" | "voice" | "people" | "group";

export const TOPICS: readonly { topic: Topic; names: readonly PermissionName[] }[] = [
  { topic: "general", names: ["view_channel", "create_invite", "change_nickname"] },
  {
    topic: "text",
    names: [
      "read_history",
      "send_messages",
      "attach_files",
      "add_reactions",
      "pin_messages",
      "mention_everyone",
      "manage_messages",
    ],
  },
  { topic: "voice", names: ["connect", "speak"] },
  { topic: "people", names: ["time_out_members", "kick_members", "ban_members", "manage_nicknames"] },
  {
    topic: "group",
    names: [
      "manage_channels",
      "manage_roles",
      "manage_emojis",
      "manage_group",
      "view_audit_log",
      "administrator",
    ],
  },
];

/** Those marked c in docs/protocol.md: overwrites speak of them. */
const IN_CHANNELS: readonly PermissionName[] = [
  "view_channel",
  "read_history",
  "send_messages",
  "manage_messages",
  "connect",
  "speak",
  "create_invite",
  "manage_channels",
  "manage_roles",
  "mention_everyone",
  "attach_files",
  "add_reactions",
  "pin_messages",
];
const OTHER_KIND: Readonly<Record<ChannelKind, Topic | null>> = {
  text: "voice",
  voice: "text",
  category: null,
};

/** What an overwrite of such a channel can decide, by topic; a category's acts in its channels, whatever they are. */
export function topicsIn(kind: ChannelKind): { topic: Topic; names: readonly PermissionName[] }[] {
  return TOPICS.filter(({ topic }) => topic !== OTHER_KIND[kind])
    .map(({ topic, names }) => ({ topic, names: names.filter((each) => IN_CHANNELS.includes(each)) }))
    .filter(({ names }) => names.length > 0);
}

/** The permissions of some bits, as they are shown. */
export function namesOf(bits: number): PermissionName[] {
  return TOPICS.flatMap(({ names }) => names.filter((each) => (bits & Permission[each]) !== 0));
}

// -------------------------------------------------------------------------------------------------------- overwrites

export type Choice = "allow" | "neutral" | "deny";

export interface Bits {
  allow: number;
  deny: number;
}

export function choiceOf({ allow, deny }: Bits, name: PermissionName): Choice {
  if (allow & Permission[name]) return "allow";
  return deny & Permission[name] ? "deny" : "neutral";
}

export function withChoice({ allow, deny }: Bits, name: PermissionName, choice: Choice): Bits {
  const bit = Permission[name];
  return {
    allow: choice === "allow" ? allow | bit : allow & ~bit,
    deny: choice === "deny" ? deny | bit : deny & ~bit,
  };
}
