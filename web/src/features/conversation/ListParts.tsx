/** What stands in the message list beside messages. */

import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { History } from "../../state/history";
import type { Place } from "../../state/places";
import { dayName } from "../messages/times";

/** How much is unread above, and the way there. */
export function UnreadBar({
  count,
  onJump,
  onClose,
}: {
  count: number;
  onJump: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="messages-bar">
      <button type="button" onClick={onJump} data-testid="unread-jump">
        <Icon name="up" size={15} />
        {t("conversation.unreadAbove", { count })}
      </button>
      <button type="button" className="close" aria-label={t("action.close")} onClick={onClose}>
        <Icon name="close" size={15} />
      </button>
    </div>
  );
}

/** The page above: under way, or failed. */
export function MoreAbove({ history, onRetry }: { history: History; onRetry: () => void }) {
  const { t } = useTranslation();
  if (history.loading === "before")
    return (
      <div className="messages-more top">
        <span className="spinner" />
      </div>
    );
  if (history.failed === "before")
    return (
      <div className="messages-more top">
        <Button onClick={onRetry}>{t("conversation.moreFailed")}</Button>
      </div>
    );
  return null;
}

export function UnreadRule() {
  const { t } = useTranslation();
  return (
    <hr
      className="unread-line"
      aria-label={t("conversation.newLine")}
      data-label={t("conversation.new")}
      data-testid="unread-line"
    />
  );
}

export function Day({ timeMs }: { timeMs: number }) {
  const { i18n } = useTranslation();
  const text = dayName(timeMs, i18n.language);
  return (
    <div className="day">
      <span>{text}</span>
    </div>
  );
}

export function Beginning({ place, empty = false }: { place: Place; empty?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="beginning">
      <span className="beginning-mark">
        <Icon
          name={place.kind === "channel" ? "hash" : place.kind === "group" ? "people" : "message"}
          size={28}
        />
      </span>
      <h2>
        {t(place.kind === "direct" ? "conversation.beginWith" : "conversation.beginTitle", {
          name: place.name,
        })}
      </h2>
      <p>{t(empty ? "conversation.beginEmpty" : "conversation.begin")}</p>
    </div>
  );
}
