import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { RequestError } from "../../lib/errors";
import { replyOf } from "../../state/sections";
import { nameOf, useErrorText, useMyId, useParley, useWorld } from "../parley";
import type { OutgoingRow } from "./rows";
import { Quote, Sections } from "./Sections";
import { shortTime } from "./times";

/** A message that the server has not acknowledged yet. */
export function OutgoingView({ row }: { row: OutgoingRow }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const me = useMyId();
  const name = useWorld((world) => nameOf(world.users[me]));
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
      {reply !== null && <Quote channelId={outgoing.channelId} messageId={reply} />}
      {compact ? <span className="message-time" /> : <Avatar id={me} name={name} />}
      <div className="message-body">
        {!compact && (
          <header>
            <strong>{name}</strong>
            <time>{shortTime(row.timeMs, i18n.language)}</time>
          </header>
        )}
        <div className="message-text">
          <Sections sections={outgoing.sections} />
        </div>
        {failed && (
          <div className="message-failed" role="alert">
            <span>{say(new RequestError(outgoing.error ?? "unexpected", outgoing.errorMessage ?? ""))}</span>
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
