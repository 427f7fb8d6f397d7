/** The parts of a group's settings, and who may use which. */

import { useMemo } from "react";
import { useShallow } from "zustand/react/shallow";
import type { IconName } from "../../components/Icon";
import type { Id } from "../../gateway/protocol";
import { bitsAnywhere, bitsIn } from "../../state/channelBits";
import { may, type PermissionName } from "../../state/permissions";
import type { World } from "../../state/world";
import { useWorld } from "../parley";

export type SectionName =
  | "overview"
  | "roles"
  | "channels"
  | "emoji"
  | "members"
  | "invites"
  | "bans"
  | "reports"
  | "filters"
  | "safety"
  | "audit";
export type SectionTopic = "group" | "people" | "moderation";

export interface Section {
  name: SectionName;
  topic: SectionTopic;
  icon: IconName;
}

interface Rule extends Section {
  /** Any of these; none: for everybody in the group. */
  needs: readonly PermissionName[];
  /** Also for those who may do so in one channel alone. */
  anywhere?: boolean;
}

const RULES: readonly Rule[] = [
  { name: "overview", topic: "group", icon: "home", needs: [] },
  { name: "roles", topic: "group", icon: "shield", needs: ["manage_roles"] },
  {
    name: "channels",
    topic: "group",
    icon: "hash",
    needs: ["manage_channels", "manage_roles"],
    anywhere: true,
  },
  { name: "emoji", topic: "group", icon: "smile", needs: ["manage_emojis"] },
  {
    name: "members",
    topic: "people",
    icon: "people",
    needs: ["manage_roles", "manage_nicknames", "time_out_members", "kick_members", "ban_members"],
  },
  { name: "invites", topic: "people", icon: "invite", needs: ["create_invite", "manage_group"] },
  { name: "bans", topic: "people", icon: "ban", needs: ["ban_members"] },
  { name: "reports", topic: "moderation", icon: "flag", needs: ["manage_messages"], anywhere: true },
  { name: "filters", topic: "moderation", icon: "filter", needs: ["manage_group"] },
  { name: "safety", topic: "moderation", icon: "warn", needs: ["manage_group"] },
  { name: "audit", topic: "moderation", icon: "clock", needs: ["view_audit_log"] },
];

function sectionsFor(world: World, groupId: Id, nowMs: number): SectionName[] {
  const inGroup = bitsIn(world, groupId, null, nowMs);
  const anywhere = bitsAnywhere(world, groupId, nowMs);
  return RULES.filter(
    (rule) =>
      rule.needs.length === 0 || rule.needs.some((each) => may(rule.anywhere ? anywhere : inGroup, each)),
  ).map((each) => each.name);
}

/** The parts that this person may use. */
export function useSections(groupId: Id): Section[] {
  const names = useWorld(useShallow((world) => sectionsFor(world, groupId, Date.now())));
  return useMemo(() => RULES.filter((each) => names.includes(each.name)), [names]);
}
