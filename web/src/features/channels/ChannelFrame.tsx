import { Link } from "@tanstack/react-router";
import { type ReactNode, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { lazily } from "../../components/lazily";
import type { Channel } from "../../gateway/protocol";
import { useMay } from "../parley";
import type { ChannelDrag } from "./useChannelDrag";

const ChannelMenu = lazily(() => import("./ChannelMenu"));

export interface ChannelProps {
  channel: Channel;
  /** Not for everyone to see. */
  hidden: boolean;
  /** In a category that is folded. */
  collapsed: boolean;
  /** null for those who may not move channels. */
  drag: ChannelDrag | null;
}

interface Props extends ChannelProps {
  current?: boolean;
  fresh?: boolean;
  mine?: boolean;
  children: ReactNode;
}

/** Around a channel's name in the list: the way to its settings, its menu, and where something is dropped. */
export function ChannelFrame({ channel, drag, current, fresh, mine, children }: Props) {
  const row = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState(false);
  const may = useMay(channel.group_id, channel.id);
  const editable = may("manage_channels") || may("manage_roles");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is inside has the keys; its menu key opens the same menu
    <div
      ref={row}
      className="channel"
      data-current={current || undefined}
      data-unread={fresh || undefined}
      data-mine={mine || undefined}
      {...drag?.row(channel.id)}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenu(true);
      }}
    >
      {children}
      {editable && <EditLink channel={channel} />}
      {menu && (
        <Suspense fallback={null}>
          <ChannelMenu channel={channel} trigger={row} onClose={() => setMenu(false)} />
        </Suspense>
      )}
    </div>
  );
}

export function EditLink({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const label = t("channel.edit", { name: channel.name });
  return (
    <Link
      to="/g/$groupId/settings/$section/$item"
      params={{ groupId: channel.group_id, section: "channels", item: channel.id }}
      className="icon-button channel-manage"
      aria-label={label}
      title={label}
      draggable={false}
      data-testid={`channel-edit-${channel.name}`}
    >
      <Icon name="settings" size={16} />
    </Link>
  );
}
