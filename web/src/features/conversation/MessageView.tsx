import { memo, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { lazily } from "../../components/lazily";
import type { Id, Message } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { replyOf } from "../../state/sections";
import { openDialog, tick } from "../../state/ui";
import { pings, type Reader } from "../../state/unread";
import { readerOf } from "../../state/world";
import { NamedThings } from "../messages/NamedThings";
import { Quote, Sections } from "../messages/Sections";
import { fullTime, shortTime } from "../messages/times";
import { useMay, useMyId, useName, useNameStyle, useSettings, useUi, useWorld } from "../parley";
import { PersonButton } from "../people/PersonButton";
import { Reactions } from "./Reactions";
import type { MessageRow } from "./rows";
import { usePointed } from "./usePointed";

const EditBox = lazily(() => import("./EditBox"));
const PreviewCards = lazily(() => import("./PreviewCards"));
const MessageTools = lazily(() => import("./MessageTools"));

interface Props {
  row: MessageRow;
  place: Place;
  flash: boolean;
  /** Reached by keyboard: its buttons can be tabbed to. */
  active: boolean;
  editing: boolean;
  onEdit: (messageId: Id | null) => void;
  onReply: (messageId: Id) => void;
}

/** Whether a message calls for this person; one that called for all who were there is shown as such to everybody. */
const isCalled = ({ mentions }: Message, reader: Reader): boolean =>
  mentions?.here === true || pings(mentions, reader);

export const MessageView = memo(function MessageView(props: Props) {
  const { message } = props.row;
  const blocked = useWorld((world) => world.relations[message.author_id]?.kind === "blocked");
  const [revealed, setRevealed] = useState(false);
  return blocked && !revealed ? (
    <HiddenMessage messageId={message.id} onShow={() => setRevealed(true)} />
  ) : (
    <ShownMessage {...props} />
  );
});

function HiddenMessage({ messageId, onShow }: { messageId: Id; onShow: () => void }) {
  const { t } = useTranslation();
  return (
    <article className="message hidden" data-testid="message-hidden" data-id={messageId}>
      <Icon name="ban" size={16} />
      <p>
        {t("message.hidden")}{" "}
        <button type="button" className="link" onClick={onShow}>
          {t("message.show")}
        </button>
      </p>
    </article>
  );
}

function ShownMessage({ row, place, flash, active, editing, onEdit, onReply }: Props) {
  const { t, i18n } = useTranslation();
  const { message, timeMs, compact } = row;
  const { pointed, look, pointing } = usePointed();
  const [held, setHeld] = useState(false);
  const name = useName(message.author_id, place.groupId);
  const pinged = useWorld((world) => {
    const reader = readerOf(world, place.id);
    return reader !== null && message.author_id !== reader.id && isCalled(message, reader);
  });
  const ticked = useUi(({ selection }) =>
    selection?.channelId === place.id ? selection.ids.includes(message.id) : null,
  );
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
      data-ticked={ticked || undefined}
      aria-label={t("message.by", { name, time: fullTime(timeMs, i18n.language) })}
      {...pointing}
    >
      {ticked !== null && <Tick message={message} place={place} ticked={ticked} />}
      {reply !== null && <Quote place={place} messageId={reply} />}
      {compact ? (
        <time className="message-time" dateTime={new Date(timeMs).toISOString()} aria-hidden="true">
          {time}
        </time>
      ) : (
        <Avatar id={message.author_id} name={name} />
      )}
      <div className="message-body">
        {!compact && <MessageHead message={message} place={place} timeMs={timeMs} active={active} />}
        {editing ? (
          <Suspense fallback={null}>
            <EditBox place={place} message={message} onDone={() => onEdit(null)} />
          </Suspense>
        ) : (
          <MessageText message={message} place={place} />
        )}
        <Previews message={message} place={place} active={active} />
        <Reactions message={message} place={place} active={active} />
      </div>
      {(pointed || held || active) && !editing && ticked === null && (
        <Suspense fallback={null}>
          <MessageTools
            message={message}
            place={place}
            active={active}
            onEdit={onEdit}
            onReply={onReply}
            onHold={(open) => {
              setHeld(open);
              if (!open) look();
            }}
          />
        </Suspense>
      )}
    </article>
  );
}

function MessageHead({
  message,
  place,
  timeMs,
  active,
}: {
  message: Message;
  place: Place;
  timeMs: number;
  active: boolean;
}) {
  const { t, i18n } = useTranslation();
  const name = useName(message.author_id, place.groupId);
  const style = useNameStyle(message.author_id, place.groupId);
  return (
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
      <BotBadge userId={message.author_id} />
      <time dateTime={new Date(timeMs).toISOString()} title={fullTime(timeMs, i18n.language)}>
        {shortTime(timeMs, i18n.language)}
      </time>
      {message.pinned && (
        <span className="message-pinned" title={t("message.pinned")}>
          <Icon name="pin" size={13} />
          <span className="hidden-visually">{t("message.pinned")}</span>
        </span>
      )}
    </header>
  );
}

/** Who writes is a program. */
function BotBadge({ userId }: { userId: Id }) {
  const { t } = useTranslation();
  const kind = useWorld((world) => world.users[userId]?.kind);
  if (kind !== "bot" && kind !== "webhook") return null;
  return (
    <span className="bot-badge" title={t("people.botTitle")}>
      {t("people.bot")}
    </span>
  );
}

function MessageText({ message, place }: { message: Message; place: Place }) {
  const { t, i18n } = useTranslation();
  const me = useMyId();
  const manage = useMay(place.groupId, place.id)("manage_messages");
  const remark = message.edited_ms !== null && (
    <small className="edited" title={fullTime(message.edited_ms, i18n.language)}>
      {message.author_id === me || manage ? (
        <button
          type="button"
          tabIndex={-1}
          onClick={() => openDialog({ kind: "edits", channelId: place.id, messageId: message.id })}
        >
          {t("message.edited")}
        </button>
      ) : (
        t("message.edited")
      )}
    </small>
  );
  return (
    <div className="message-text">
      <NamedThings groupId={place.groupId}>
        <Sections sections={message.sections} at={{ channelId: place.id, messageId: message.id }} />
      </NamedThings>
      {remark}
    </div>
  );
}

function Previews({ message, place, active }: { message: Message; place: Place; active: boolean }) {
  const wanted = useSettings((settings) => settings.previews);
  if (!wanted || !message.previews?.length) return null;
  return (
    <Suspense fallback={null}>
      <PreviewCards message={message} previews={message.previews} placeId={place.id} active={active} />
    </Suspense>
  );
}

function Tick({ message, place, ticked }: { message: Message; place: Place; ticked: boolean }) {
  const { t } = useTranslation();
  const name = useName(message.author_id, place.groupId);
  return (
    <input
      type="checkbox"
      className="message-tick"
      checked={ticked}
      aria-label={t("message.tick", { name })}
      onChange={() => tick(place.id, message.id)}
      data-testid="message-tick"
    />
  );
}
