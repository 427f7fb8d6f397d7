import { useNavigate } from "@tanstack/react-router";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Menu, type MenuEntry } from "../../components/overlays";
import type { Channel } from "../../gateway/protocol";
import { channelTree, stepped } from "../../state/channelTree";
import { openDialog } from "../../state/ui";
import { upkeepOf } from "../../state/upkeep";
import { useAttempt, useChannels, useMay, useParley, useWorld } from "../parley";

interface Props {
  channel: Channel;
  trigger: RefObject<Element | null>;
  onClose: () => void;
}

/** What one may do with a channel, or a category, of the list. */
export default function ChannelMenu({ channel, trigger, onClose }: Props) {
  const reading = useReadingEntries(channel);
  const managing = useManagingEntries(channel);
  const entries = [...reading, ...managing];
  if (entries.length === 0) return null;
  return <Menu label={channel.name} trigger={trigger} entries={entries} onClose={onClose} />;
}

function useReadingEntries(channel: Channel): MenuEntry[] {
  const { t } = useTranslation();
  const parley = useParley();
  const unread = useWorld((world) => (world.cursors[channel.id]?.unread ?? 0) > 0);
  const invite = useMay(channel.group_id, channel.id)("create_invite");
  if (channel.kind !== "text") return [];
  const entries: MenuEntry[] = [];
  if (unread)
    entries.push({
      id: "read",
      label: t("menu.markRead"),
      icon: "check",
      onChoose: () => void parley.reading.readAll(channel.id),
    });
  entries.push({
    id: "level",
    label: t("menu.notifications"),
    icon: "bell",
    onChoose: () => openDialog({ kind: "level", scope: "channel", targetId: channel.id }),
  });
  if (invite)
    entries.push({
      id: "invite",
      label: t("group.invite"),
      icon: "invite",
      onChoose: () => openDialog({ kind: "invite", groupId: channel.group_id, channelId: channel.id }),
    });
  return entries;
}

function useManagingEntries(channel: Channel): MenuEntry[] {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const navigate = useNavigate();
  const { group_id, id, name } = channel;
  const may = useMay(group_id, id);
  const order = useMay(group_id)("manage_channels");
  const tree = channelTree(useChannels(group_id));
  const entries: MenuEntry[] = [];
  for (const by of order ? ([-1, 1] as const) : []) {
    const next = stepped(tree, id, by);
    if (next === null) continue;
    entries.push({
      id: by < 0 ? "up" : "down",
      label: t(by < 0 ? "order.up" : "order.down"),
      icon: by < 0 ? "up" : "down",
      testId: by < 0 ? "channel-up" : "channel-down",
      onChoose: () => void attempt(() => upkeepOf(parley).orderChannels(group_id, next)),
    });
  }
  if (may("manage_channels") || may("manage_roles"))
    entries.push({
      id: "edit",
      label: t("channel.edit", { name }),
      icon: "settings",
      onChoose: () =>
        void navigate({
          to: "/g/$groupId/settings/$section/$item",
          params: { groupId: group_id, section: "channels", item: id },
        }),
    });
  if (may("manage_channels") && channel.kind !== "category")
    entries.push({
      id: "delete",
      label: t("channel.delete"),
      icon: "trash",
      danger: true,
      onChoose: () => openDialog({ kind: "deleteChannel", channelId: id }),
    });
  return entries;
}
