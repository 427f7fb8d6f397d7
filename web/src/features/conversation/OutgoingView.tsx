import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { RequestError } from "../../lib/errors";
import type { Place } from "../../state/places";
import { replyOf } from "../../state/sections";
import type { Outgoing } from "../../state/world";
import { NamedThings } from "../messages/NamedThings";
import { Quote, Sections } from "../messages/Sections";
import { shortTime } from "../messages/times";
import { useErrorText, useMyId, useName, useNameStyle, useParley } from "../parley";
import type { OutgoingRow } from "./rows";

function failureOf({ error, errorMessage, errorData }: Outgoing): RequestError {
  return new RequestError(error ?? "unexpected", errorMessage ?? "", errorData);
}

/** A message that the server has not acknowledged yet. */
export function OutgoingView({ row, place }: { row: OutgoingRow; place: Place }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const me = useMyId();
  const name = useName(me, place.groupId);
  const style = useNameStyle(me, place.groupId);
  const { outgoing, compact } = row;
  const failed = outgoing.state === "failed";
  const reply = replyOf(outgoing.sections);
  return (
    <article
      className="message"
      data-testid="message"
      data-state={outgoing.state}
      data-compact={compact || undefined}
      aria-label={t(failed ? "message.notSent" : "message.sending")}
    >
      {reply !== null && <Quote place={place} messageId={reply} />}
      {compact ? <span className="message-time" /> : <Avatar id={me} name={name} />}
      <div className="message-body">
        {!compact && (
          <header>
            <strong style={style}>{name}</strong>
            <time>{shortTime(row.timeMs, i18n.language)}</time>
          </header>
        )}
        <div className="message-text">
          <NamedThings groupId={place.groupId}>
            <Sections sections={outgoing.sections} />
          </NamedThings>
        </div>
        {failed && (
          <div className="message-failed" role="alert">
            <span>{say(failureOf(outgoing))}</span>
            <button
              type="button"
              className="link"
              onClick={() => parley.outbox.retry(outgoing.channelId, outgoing.nonce)}
              data-testid="message-retry"
            >
              {t("action.retry")}
            </button>
            <button
              type="button"
              className="link"
              onClick={() => parley.outbox.discard(outgoing.channelId, outgoing.nonce)}
              data-testid="message-discard"
            >
              {t("message.discard")}
            </button>
          </div>
        )}
      </div>
    </article>
  );
}
