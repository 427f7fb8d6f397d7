import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { openDialog } from "../../state/ui";
import { nameOf, useCall, useParley, useWorld } from "../parley";

/** Oneself: name, microphone, headphones, settings. */
export function UserPanel() {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useWorld((world) => world.me);
  const inCall = useCall((call) => call.channelId !== null);
  const muted = useCall((call) => call.muted);
  const deafened = useCall((call) => call.deafened);
  if (!me) {
    return (
      <div className="user" aria-busy="true">
        <div className="bone" style={{ width: 32, height: 32, borderRadius: 16 }} />
        <div className="bone" style={{ width: 96, height: 14 }} />
      </div>
    );
  }
  return (
    <div className="user">
      <Avatar id={me.id} name={nameOf(me)} size={32} />
      <div className="user-name">
        <strong>{nameOf(me)}</strong>
        <small>@{me.username}</small>
      </div>
      {!inCall && (
        <>
          <IconButton
            icon={muted ? "micOff" : "mic"}
            className={muted ? "off" : ""}
            label={t(muted ? "voice.unmute" : "voice.mute")}
            aria-pressed={muted}
            onClick={() => parley.call.setMuted(!muted)}
          />
          <IconButton
            icon={deafened ? "earOff" : "ear"}
            className={deafened ? "off" : ""}
            label={t(deafened ? "voice.undeafen" : "voice.deafen")}
            aria-pressed={deafened}
            onClick={() => parley.call.setDeafened(!deafened)}
          />
        </>
      )}
      <IconButton
        icon="settings"
        label={t("settings.title")}
        onClick={() => openDialog({ kind: "settings" })}
        data-testid="settings-open"
      />
    </div>
  );
}
