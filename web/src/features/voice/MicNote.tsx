import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { useCall, useParley, useSettings } from "../parley";

/** Why others may not hear one just now. */
export function MicNote({ maySpeak, push }: { maySpeak: boolean; push: boolean }) {
  const { t } = useTranslation();
  const parley = useParley();
  const call = useCall((state) => state);
  const key = useSettings((settings) => settings.pushKey);
  if (call.blocked) {
    return (
      <button type="button" className="dock-note warn" onClick={() => parley.call.unblock()}>
        <Icon name="sound" size={16} /> {t("voice.blocked")}
      </button>
    );
  }
  if (!maySpeak) return <p className="dock-note">{t("voice.maySpeakNot")}</p>;
  if (call.mic === "asking") return <p className="dock-note">{t("mic.asking")}</p>;
  if (call.mic === "on" && push && !call.muted) {
    return <p className="dock-note">{t(call.held ? "voice.pushing" : "voice.push", { key })}</p>;
  }
  if (call.mic === "on" || call.mic === "off") return null;
  return (
    <div className="dock-note warn">
      <Icon name="micOff" size={16} />
      <span>
        {t(`mic.${call.mic}`)}{" "}
        {call.mic !== "insecure" && (
          <button type="button" className="link" onClick={() => parley.call.reopenMicrophone()}>
            {t("mic.again")}
          </button>
        )}
      </span>
    </div>
  );
}
