import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { type Branch, channelTree, isPrivate } from "../../state/channelTree";
import { openDialog } from "../../state/ui";
import { useChannels, useMay, useSettings } from "../parley";
import { Category } from "./Category";
import { TextChannel } from "./TextChannel";
import { type ChannelDrag, useChannelDrag } from "./useChannelDrag";
import { VoiceChannel } from "./VoiceChannel";

/** The channels of a group in their categories. */
export function ChannelList({ groupId }: { groupId: string }) {
  const { t } = useTranslation();
  const channels = useChannels(groupId);
  const tree = useMemo(() => channelTree(channels), [channels]);
  const manage = useMay(groupId)("manage_channels");
  const drag = useChannelDrag(groupId, tree);
  const folded = useSettings((settings) => settings.collapsed);
  return (
    <nav className="channels" aria-label={t("shell.channels")} data-testid="channels">
      {channels.length === 0 && <p className="side-empty">{t("channel.none")}</p>}
      {tree.map((branch) => {
        const { category, channels: inside } = branch;
        if (category) {
          const collapsed = folded.includes(category.id);
          return (
            <Category key={category.id} category={category} collapsed={collapsed} drag={manage ? drag : null}>
              <List branch={branch} collapsed={collapsed} drag={manage ? drag : null} />
            </Category>
          );
        }
        if (inside.length === 0 && !manage) return null;
        return (
          <section key="none">
            {manage && (
              <header>
                <h3>{t("shell.channels")}</h3>
                <IconButton
                  icon="plus"
                  size={16}
                  label={t("channel.newTitle")}
                  onClick={() => openDialog({ kind: "newChannel", groupId, channelKind: "text" })}
                  data-testid="new-text-channel"
                />
              </header>
            )}
            <List branch={branch} collapsed={false} drag={manage ? drag : null} />
          </section>
        );
      })}
    </nav>
  );
}

interface ListProps {
  branch: Branch;
  collapsed: boolean;
  drag: ChannelDrag | null;
}

function List({ branch: { category, channels }, collapsed, drag }: ListProps) {
  return (
    <ul>
      {channels.map((channel) => {
        const props = { channel, hidden: isPrivate(channel, category), collapsed, drag };
        if (channel.kind === "text") return <TextChannel key={channel.id} {...props} />;
        return <VoiceChannel key={channel.id} {...props} />;
      })}
    </ul>
  );
}
