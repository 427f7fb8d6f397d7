import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { LazyCard } from "../../components/LazyOverlays";
import { lazily } from "../../components/lazily";
import { nameOf, useCall, useParley, useWorld } from "../parley";
import { useEntering } from "../settings/useLeaving";

const StatusCard = lazily(() => import("../people/StatusCard"));

/** Oneself: name, microphone, headphones, settings. */
export function UserPanel() {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useWorld((world) => world.me);
  const inCall = useCall((call) => call.channelId !== null);
  const muted = useCall((call) => call.muted);
  const deafened = useCall((call) => call.deafened);
  const openSettings = useEntering();
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  if (!me) {
    return (
      <div className="user" aria-busy="true">
        <div className="bone" style={{ width: 32, height: 32, borderRadius: 16 }} />
        <div className="bone" style={{ width: 96, height: 14 }} />
      </div>
    );
  }
  const over = me.status_until_ms !== null && me.status_until_ms <= Date.now();
  const statusText = over ? "" : me.status_text;
  const status = me.status === "invisible" ? "offline" : me.status;
  return (
    <div className="user">
      <button
        ref={trigger}
        type="button"
        className="user-open"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={t("status.change", { name: nameOf(me), status: t(`presence.${status}`) })}
        onClick={() => setOpen(true)}
        data-testid="status-open"
      >
        <Avatar id={me.id} name={nameOf(me)} size={32} status={status} />
        <span className="user-name">
          <strong>{nameOf(me)}</strong>
          <small>{statusText || `@${me.username}`}</small>
        </span>
      </button>
      {open && (
        <Suspense fallback={null}>
          <LazyCard label={t("status.title")} trigger={trigger} onClose={close}>
            <StatusCard onClose={close} />
          </LazyCard>
        </Suspense>
      )}
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
        onClick={openSettings}
        data-testid="settings-open"
      />
    </div>
  );
}
