import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import type { Message } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { mayBeEdited, replyOf, toTyped } from "../../state/sections";
import { openDialog, toast } from "../../state/ui";
import { pings, type Reader } from "../../state/unread";
import { readerOf } from "../../state/world";
import { NamedThings } from "../messages/NamedThings";
import { Quote, Sections } from "../messages/Sections";
import { fullTime, shortTime } from "../messages/times";
import { useMay, useMyId, useName, useNameStyle, useWorld } from "../parley";
import { PersonButton } from "../people/PersonButton";
import { EditBox } from "./EditBox";
import type { MessageRow } from "./rows";

interface Props {
  row: MessageRow;
  place: Place;
  flash: boolean;
  /** Reached by keyboard: its buttons can be tabbed to. */
  active: boolean;
  editing: boolean;
  onEdit: (messageId: string | null) => void;
  onReply: (messageId: string) => void;
}

/** Whether a message calls for this person; one that called for all who were there is shown as such to everybody. */
const isCalled = ({ mentions }: Message, reader: Reader): boolean =>
  mentions?.here === true || pings(mentions, reader);

export const MessageView = memo(function MessageView({
  row,
  place,
  flash,
  active,
  editing,
  onEdit,
  onReply,
}: Props) {
  const { t, i18n } = useTranslation();
  const { message, timeMs, compact } = row;
  const name = useName(message.author_id, place.groupId);
  const style = useNameStyle(message.author_id, place.groupId);
  const pinged = useWorld((world) => {
    const reader = readerOf(world, place.id);
    return reader !== null && message.author_id !== reader.id && isCalled(message, reader);
  });
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
      data-pinged={pinged || undefined}
      data-editing={editing || undefined}
      aria-label={t("message.by", { name, time: fullTime(timeMs, i18n.language) })}
    >
      {reply !== null && <Quote place={place} messageId={reply} />}
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
            <PersonButton
              userId={message.author_id}
              groupId={place.groupId}
              className="message-author"
              style={style}
              tabIndex={active ? 0 : -1}
              testId="message-author"
            >
              {name}
            </PersonButton>
            <time dateTime={new Date(timeMs).toISOString()} title={fullTime(timeMs, i18n.language)}>
              {time}
            </time>
          </header>
        )}
        {editing ? (
          <EditBox channelId={place.id} message={message} onDone={() => onEdit(null)} />
        ) : (
          <div className="message-text">
            <NamedThings groupId={place.groupId}>
              <Sections sections={message.sections} at={{ channelId: place.id, messageId: message.id }} />
            </NamedThings>
            {message.edited_ms !== null && (
              <small className="edited" title={fullTime(message.edited_ms, i18n.language)}>
                {t("message.edited")}
              </small>
            )}
          </div>
        )}
      </div>
      {!editing && (
        <Tools message={message} place={place} active={active} onEdit={onEdit} onReply={onReply} />
      )}
    </article>
  );
});

type ToolsProps = Pick<Props, "place" | "active" | "onEdit" | "onReply"> & {
  message: MessageRow["message"];
};

function Tools({ message, place, active, onEdit, onReply }: ToolsProps) {
  const { t } = useTranslation();
  const me = useMyId();
  const may = useMay(place.groupId, place.id);
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
          onClick={() => openDialog({ kind: "deleteMessage", channelId: place.id, messageId: message.id })}
          data-testid="message-delete"
        />
      )}
    </div>
  );
}
