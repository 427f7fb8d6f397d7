import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { MenuEntry } from "../../components/overlays";
import type { Id } from "../../gateway/protocol";
import { memberIn } from "../../state/places";
import {
  type Deed,
  deedsTo,
  isTimedOut,
  MODERATOR,
  mayTouch,
  moderatorRole,
  ownBits,
} from "../../state/ranks";
import { openDialog, toast } from "../../state/ui";
import { upkeepOf } from "../../state/upkeep";
import { useGo } from "../navigation";
import { useAttempt, useMay, useMyId, useName, useParley, useWorld } from "../parley";
import { mention } from "../people/mention";
import { useMembership } from "./useMembership";

/** What one may do with somebody in a group, as a menu has it; nothing that the server would refuse. */
export function useMemberEntries(groupId: Id, userId: Id): MenuEntry[] {
  const { t } = useTranslation();
  const me = useMyId();
  const ban = useMay(groupId)("ban_members");
  const known = useMembership(groupId, userId);
  const talking = useTalkEntries(userId);
  const appointing = useAppointing(groupId, userId);
  const state = useWorld((world) => world.groups[groupId]);
  const entries: MenuEntry[] = userId === me ? [] : [...talking];
  if (!state || known === undefined) return entries;
  // Somebody who left, or never was in the group, can be kept out of it.
  const deeds: ReadonlySet<Deed> =
    known === null ? new Set<Deed>(ban && userId !== me ? ["ban"] : []) : deedsTo(state, known, Date.now());
  const open = (deed: Deed) => (): void => openDialog({ kind: "member", deed, groupId, userId });
  const add = (deed: Deed, entry: Omit<MenuEntry, "onChoose">): void => {
    if (deeds.has(deed)) entries.push({ ...entry, onChoose: open(deed) });
  };
  add("nickname", { id: "nickname", label: t("member.nickname"), icon: "edit", testId: "member-nickname" });
  add("roles", { id: "roles", label: t("member.roles"), icon: "select", testId: "member-roles" });
  if (deeds.has("roles") && userId !== me) entries.push(...appointing);
  const timedOut = known !== null && isTimedOut(known, Date.now());
  add("timeOut", {
    id: "timeOut",
    label: t(timedOut ? "member.timeOutChange" : "member.timeOut"),
    icon: "clock",
    testId: "member-time-out",
  });
  add("kick", {
    id: "kick",
    label: t("members.remove"),
    icon: "exit",
    danger: true,
    testId: "member-remove",
  });
  add("ban", { id: "ban", label: t("member.ban"), icon: "ban", danger: true, testId: "member-ban" });
  return entries;
}

function useTalkEntries(userId: Id): MenuEntry[] {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const go = useGo();
  const { channelId } = useParams({ strict: false });
  const user = useWorld((world) => world.users[userId]);
  const text = useWorld((world) => channelId !== undefined && world.channels[channelId]?.kind === "text");
  const blocked = useWorld((world) => world.relations[userId]?.kind === "blocked");
  if (!user || blocked) return [];
  const entries: MenuEntry[] = [
    {
      id: "message",
      label: t("people.message"),
      icon: "message",
      onChoose: () =>
        void attempt(async () => go({ id: await parley.people.converse([userId]), groupId: null })),
    },
  ];
  if (text && channelId !== undefined)
    entries.push({
      id: "mention",
      label: t("people.mention"),
      icon: "at",
      onChoose: () => mention(channelId, user),
    });
  return entries;
}

/** One step to make somebody a moderator, or to end it. */
function useAppointing(groupId: Id, userId: Id): MenuEntry[] {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const name = useName(userId, groupId);
  const state = useWorld((world) => world.groups[groupId]);
  const member = useWorld((world) => memberIn(world, groupId, userId));
  if (!state || !member) return [];
  const role = moderatorRole(state);
  const is = role !== null && member.role_ids.includes(role.id);
  if (role !== null && !mayTouch(state, role)) return [];
  if (!is && ((role?.permissions ?? MODERATOR) & ~ownBits(state, Date.now())) !== 0) return [];
  const change = async (): Promise<void> => {
    const upkeep = upkeepOf(parley);
    await (is ? upkeep.setRole(groupId, userId, role.id, false) : upkeep.appoint(groupId, userId, role));
    toast(t(is ? "member.dismissed" : "member.appointed", { name }));
  };
  return [
    {
      id: "moderator",
      label: t(is ? "member.dismiss" : "member.appoint"),
      icon: "shield",
      testId: "member-moderator",
      onChoose: () => void attempt(change),
    },
  ];
}
