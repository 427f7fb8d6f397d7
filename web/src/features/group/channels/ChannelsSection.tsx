import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { type Branch, channelTree } from "../../../state/channelTree";
import { openDialog } from "../../../state/ui";
import { upkeepOf } from "../../../state/upkeep";
import { useAttempt, useChannels, useMay, useParley, useWorld } from "../../parley";
import type { SectionProps } from "../GroupSettings";
import { ChannelEditor } from "./ChannelEditor";
import { ChannelOrder } from "./ChannelOrder";

/** The channels of a group in their order, or one of them. */
export function ChannelsSection({ groupId, item }: SectionProps) {
  const channel = useWorld((world) => (item === undefined ? undefined : world.channels[item]));
  if (channel?.group_id === groupId) return <ChannelEditor channel={channel} />;
  return <List groupId={groupId} />;
}

function List({ groupId }: { groupId: string }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const navigate = useNavigate();
  const manage = useMay(groupId)("manage_channels");
  const tree = channelTree(useChannels(groupId));
  const order = (next: readonly Branch[]): void =>
    void attempt(() => upkeepOf(parley).orderChannels(groupId, next));
  const open = (id: string): void =>
    void navigate({
      to: "/g/$groupId/settings/$section/$item",
      params: { groupId, section: "channels", item: id },
    });
  return (
    <>
      <div className="part-intro">
        <p className="soft">{t(manage ? "channels.lead" : "channels.leadFew")}</p>
        {manage && (
          <div className="part-deeds">
            <Button
              onClick={() => openDialog({ kind: "newChannel", groupId, channelKind: "category" })}
              data-testid="new-category"
            >
              <Icon name="folder" size={18} />
              {t("channel.newCategory")}
            </Button>
            <Button
              look="primary"
              onClick={() => openDialog({ kind: "newChannel", groupId, channelKind: "text" })}
            >
              <Icon name="plus" size={18} />
              {t("channel.newTitle")}
            </Button>
          </div>
        )}
      </div>
      <ChannelOrder tree={tree} movable={manage} onOpen={open} onOrder={order} />
    </>
  );
}
