import { type ReactNode, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { lazily } from "../../components/lazily";
import type { Channel } from "../../gateway/protocol";
import { isPrivate } from "../../state/channelTree";
import { settings } from "../../state/settings";
import { openDialog } from "../../state/ui";
import { useMay } from "../parley";
import { EditLink } from "./ChannelFrame";
import type { ChannelDrag } from "./useChannelDrag";

const ChannelMenu = lazily(() => import("./ChannelMenu"));

interface Props {
  category: Channel;
  collapsed: boolean;
  drag: ChannelDrag | null;
  children: ReactNode;
}

/** A category: its name folds its channels away, and this device remembers it. */
export function Category({ category, collapsed, drag, children }: Props) {
  const { t } = useTranslation();
  const row = useRef<HTMLElement>(null);
  const [menu, setMenu] = useState(false);
  const may = useMay(category.group_id, category.id);
  const id = `category-${category.id}`;
  const toggle = (): void =>
    settings.setState(({ collapsed: all }) => ({
      collapsed: collapsed ? all.filter((each) => each !== category.id) : [...all, category.id],
    }));
  return (
    <section aria-labelledby={id}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside has the keys; its menu key opens the same menu */}
      <header
        ref={row}
        className="category"
        {...drag?.row(category.id)}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenu(true);
        }}
      >
        <h3>
          <button
            type="button"
            id={id}
            aria-expanded={!collapsed}
            onClick={toggle}
            data-testid={`category-${category.name}`}
          >
            <Icon name="chevron" size={14} />
            <span className="channel-name">{category.name}</span>
            {isPrivate(category, null) && <Icon name="lock" size={13} />}
          </button>
        </h3>
        {(may("manage_channels") || may("manage_roles")) && <EditLink channel={category} />}
        {may("manage_channels") && (
          <IconButton
            icon="plus"
            size={16}
            label={t("channel.newIn", { name: category.name })}
            onClick={() =>
              openDialog({
                kind: "newChannel",
                groupId: category.group_id,
                channelKind: "text",
                categoryId: category.id,
              })
            }
            data-testid={`new-channel-${category.name}`}
          />
        )}
        {menu && (
          <Suspense fallback={null}>
            <ChannelMenu channel={category} trigger={row} onClose={() => setMenu(false)} />
          </Suspense>
        )}
      </header>
      {children}
    </section>
  );
}
