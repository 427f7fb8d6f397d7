import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "../../../components/Icon";
import type { Channel, ChannelKind, Id } from "../../../gateway/protocol";
import { type Branch, isPrivate, moved, rowsOf } from "../../../state/channelTree";

export const KIND_ICON: Readonly<Record<ChannelKind, IconName>> = {
  text: "hash",
  voice: "sound",
  category: "folder",
};

interface Props {
  tree: readonly Branch[];
  movable: boolean;
  onOpen: (channel: Id) => void;
  onOrder: (tree: readonly Branch[]) => void;
}

/** Channels and categories as one list that can be dragged, by keyboard too: a channel is in the category above it. */
export function ChannelOrder({ tree, movable, onOpen, onOrder }: Props) {
  const { t } = useTranslation();
  const rows = rowsOf(tree);
  const { dragAndDropHooks } = useDragAndDrop({
    isDisabled: !movable,
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) => {
      const [key] = keys;
      if (key === undefined || target.dropPosition === "on") return;
      const next = moved(tree, String(key), { at: target.dropPosition, id: String(target.key) });
      if (next) onOrder(next);
    },
  });
  return (
    <GridList
      className="rows"
      aria-label={t("shell.channels")}
      items={rows}
      dependencies={[tree, movable]}
      dragAndDropHooks={dragAndDropHooks}
      onAction={(key) => onOpen(String(key))}
    >
      {(channel) => (
        <GridListItem
          id={channel.id}
          textValue={channel.name}
          className="row-item"
          data-kind={channel.kind}
          data-inside={insideOf(tree, channel) || undefined}
          data-testid={`channel-row-${channel.name}`}
        >
          {movable && (
            <AriaButton
              slot="drag"
              className="drag-handle"
              aria-label={t("order.drag", { name: channel.name })}
            >
              <Icon name="grip" size={16} />
            </AriaButton>
          )}
          <Icon name={KIND_ICON[channel.kind]} size={18} />
          <span className="grow">
            <strong>{channel.name}</strong>
          </span>
          {isPrivate(channel, categoryOf(tree, channel)) && (
            <span className="row-note">
              <Icon name="lock" size={14} />
              {t("channel.private")}
            </span>
          )}
          <Icon name="next" size={16} />
        </GridListItem>
      )}
    </GridList>
  );
}

const categoryOf = (tree: readonly Branch[], channel: Channel): Channel | null =>
  tree.find((each) => each.channels.includes(channel))?.category ?? null;

const insideOf = (tree: readonly Branch[], channel: Channel): boolean => categoryOf(tree, channel) !== null;
