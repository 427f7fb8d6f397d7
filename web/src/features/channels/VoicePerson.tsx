import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { LazyCard } from "../../components/LazyOverlays";
import type { VoiceState } from "../../gateway/protocol";
import { nameOf, useMyId, useParley, useSettings, useWorld } from "../parley";

const PersonCard = lazy(() =>
  import("../voice/PersonCard").then((module) => ({ default: module.PersonCard })),
);

/** Somebody in a voice channel. */
export function VoicePerson({ state }: { state: VoiceState }) {
  const { t } = useTranslation();
  const parley = useParley();
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const me = useMyId();
  const user = useWorld((world) => world.users[state.user_id]);
  const speaking = useWorld((world) => world.speaking[state.participant] === true);
  const ignored = useSettings((settings) => settings.ignored.includes(state.user_id));
  useEffect(() => {
    void parley.people.know(state.user_id);
  }, [parley, state.user_id]);
  const silent = state.muted || !state.may_speak;
  const name = nameOf(user);
  const notes = [
    silent && t("voice.isMuted"),
    state.deafened && t("voice.isDeafened"),
    ignored && t("voice.isIgnored"),
    !state.connected && t("voice.isConnecting"),
  ].filter(Boolean);
  return (
    <li
      className="person"
      data-testid={`voice-person-${user?.username ?? state.user_id}`}
      data-speaking={speaking}
      data-muted={silent}
      data-deafened={state.deafened}
      data-connected={state.connected}
    >
      <button
        ref={trigger}
        type="button"
        onClick={() => setOpen(true)}
        disabled={state.user_id === me}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={[name, ...notes].join(", ")}
      >
        <Avatar id={state.user_id} name={name} size={24} speaking={speaking && !silent} />
        <span className="person-name">{name}</span>
        {ignored && <span className="person-ignored">{t("voice.mutedForMe")}</span>}
        {silent && <Icon name="micOff" size={15} />}
        {state.deafened && <Icon name="earOff" size={15} />}
      </button>
      {open && (
        <LazyCard label={name} trigger={trigger} onClose={() => setOpen(false)}>
          <Suspense fallback={null}>
            <PersonCard userId={state.user_id} />
          </Suspense>
        </LazyCard>
      )}
    </li>
  );
}
