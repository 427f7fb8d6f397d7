import { useTranslation } from "react-i18next";
import "./conversation.css";

const WIDTHS = [
  [22, 64],
  [16, 38, 52],
  [28, 71],
  [19, 44],
  [24, 58, 33],
  [17, 49],
] as const;

/** Messages that are not here yet. */
export function MessageBones() {
  const { t } = useTranslation();
  return (
    <div className="message-bones" aria-busy="true" aria-label={t("conversation.loading")} role="status">
      {WIDTHS.map((lines) => (
        <div className="message-bone" key={lines.join()}>
          <div className="bone face" />
          <div>
            {lines.map((width) => (
              <div className="bone" key={width} style={{ width: `${width}%` }} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

export function ConversationBones() {
  return (
    <main className="conversation" id="main">
      <div className="conversation-head">
        <div className="bone" style={{ width: 120, height: 16 }} />
      </div>
      <MessageBones />
    </main>
  );
}
