import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { Badges, useBadge } from "../levels/Badges";
import { ChannelFrame, type ChannelProps } from "./ChannelFrame";

export function TextChannel(props: ChannelProps) {
  const { channel, hidden, collapsed } = props;
  const { t } = useTranslation();
  const { channelId } = useParams({ strict: false });
  const badge = useBadge(channel.id, channel.group_id);
  const current = channelId === channel.id;
  // Of what is folded away, the channel in view and those that call stay.
  if (collapsed && !current && !badge.fresh && badge.urgent === 0) return null;
  return (
    <li>
      <ChannelFrame {...props} current={current} fresh={badge.fresh}>
        <Link
          to="/g/$groupId/c/$channelId"
          params={{ groupId: channel.group_id, channelId: channel.id }}
          aria-current={current ? "page" : undefined}
          data-testid={`channel-${channel.name}`}
        >
          <Icon name="hash" size={18} />
          <span className="channel-name">{channel.name}</span>
          {hidden && (
            <span className="channel-lock">
              <Icon name="lock" size={14} />
              <span className="hidden-visually">{t("channel.private")}</span>
            </span>
          )}
          <Badges badge={badge} name={channel.name} />
        </Link>
      </ChannelFrame>
    </li>
  );
}
