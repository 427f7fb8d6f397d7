import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import type { Channel } from "../../gateway/protocol";
import { mayBeEdited, replyOf, toTyped } from "../../state/sections";
import { openDialog, toast } from "../../state/ui";
import { nameOf, useMay, useMyId, useWorld } from "../parley";
import { EditBox } from "./EditBox";
import type { MessageRow } from "./rows";
import { Quote, Sections } from "./Sections";
import { fullTime, shortTime } from "./times";

interface Props {
  row: MessageRow;
  channel: Channel;
  flash: boolean;
  /** Reached by keyboard: its buttons can be tabbed to. */
  active: boolean;
  editing: boolean;
  onEdit: (messageId: string | null) => void;
  onReply: (messageId: string) => void;
}

export const MessageView = memo(function MessageView({
  row,
  channel,
  flash,
  active,
  editing,
  onEdit,
  onReply,
}: Props) {
  const { t, i18n } = useTranslation();
  const { message, timeMs, compact } = row;
  const author = useWorld((world) => world.users[message.author_id]);
  const name = nameOf(author);
  const reply = replyOf(message.sections);
  const time = shortTime(timeMs, i18n.language);
  return (
    <article
      className="message"
      data-testid="message"
      data-state="sent"
      data-id={message.id}
      data-compact={compact || undefined}
      data-flash={flash || undefined}
      data-editing={editing || undefined}
      aria-label={t("message.by", { name, time: fullTime(timeMs, i18n.language) })}
    >
      {reply !== null && <Quote channelId={channel.id} messageId={reply} />}
      {compact ? (
        <time className="message-time" dateTime={new Date(timeMs).toISOString()} aria-hidden="true">
          {time}
        </time>
      ) : (
        <Avatar id={message.author_id} name={name} />
      )}
      <div className="message-body">
        {!compact && (
          <header>
            <strong>{name}</strong>
            <time dateTime={new Date(timeMs).toISOString()} title={fullTime(timeMs, i18n.language)}>
              {time}
            </time>
          </header>
        )}
        {editing ? (
          <EditBox channelId={channel.id} message={message} onDone={() => onEdit(null)} />
        ) : (
          <div className="message-text">
            <Sections sections={message.sections} />
            {message.edited_ms !== null && (
              <small className="edited" title={fullTime(message.edited_ms, i18n.language)}>
                {t("message.edited")}
              </small>
            )}
          </div>
        )}
      </div>
      {!editing && (
        <Tools message={message} channel={channel} active={active} onEdit={onEdit} onReply={onReply} />
      )}
    </article>
  );
});

type ToolsProps = Pick<Props, "channel" | "active" | "onEdit" | "onReply"> & {
  message: MessageRow["message"];
};

function Tools({ message, channel, active, onEdit, onReply }: ToolsProps) {
  const { t } = useTranslation();
  const me = useMyId();
  const may = useMay(channel.group_id, channel.id);
  const own = message.author_id === me;
  const tabIndex = active ? 0 : -1;
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(toTyped(message.sections));
    toast(t("message.copied"));
  };
  return (
    <div className="message-tools" role="toolbar" aria-label={t("message.tools")}>
      {may("send_messages") && (
        <IconButton
          icon="reply"
          size={18}
          tabIndex={tabIndex}
          label={t("message.reply")}
          onClick={() => onReply(message.id)}
          data-testid="message-reply"
        />
      )}
      {own && may("send_messages") && mayBeEdited(message.sections) && (
        <IconButton
          icon="edit"
          size={18}
          tabIndex={tabIndex}
          label={t("message.edit")}
          onClick={() => onEdit(message.id)}
          data-testid="message-edit"
        />
      )}
      <IconButton
        icon="copy"
        size={18}
        tabIndex={tabIndex}
        label={t("message.copy")}
        onClick={() => void copy()}
      />
      {(own || may("manage_messages")) && (
        <IconButton
          icon="trash"
          size={18}
          className="danger"
          tabIndex={tabIndex}
          label={t("message.delete")}
          onClick={() => openDialog({ kind: "deleteMessage", channelId: channel.id, messageId: message.id })}
          data-testid="message-delete"
        />
      )}
    </div>
  );
}
