import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { VoiceState } from "../../gateway/protocol";
import { RequestError } from "../../lib/errors";
import type { CallState } from "../../voice/callState";
import { nameOf, useCall, useErrorText, useMay, useParley, useSettings, useWorld } from "../parley";
import { MicNote } from "./MicNote";
import "./voice.css";

const NOBODY: readonly VoiceState[] = [];
const SHOWN = 6;

/** The call, in sight on every page: its state, who is here, and one's own controls. */
export function Dock() {
  const { t } = useTranslation();
  const parley = useParley();
  const call = useCall((state) => state);
  const channel = useWorld((world) => (call.channelId === null ? undefined : world.channels[call.channelId]));
  const group = useWorld((world) => (channel ? world.groups[channel.group_id]?.group : undefined));
  const people = useWorld((world) =>
    call.channelId === null ? NOBODY : (world.voice[call.channelId] ?? NOBODY),
  );
  const mayUnmute = useMay(channel?.group_id ?? "", channel?.id ?? "")("speak");
  const push = useSettings((settings) => settings.micMode === "push");

  if (call.channelId === null) return <Ended call={call} />;
  const failed = call.phase === "failed";
  return (
    <section className="dock" aria-label={t("voice.dock")} data-testid="voice-dock">
      <header>
        <div className="dock-where">
          <span className="dock-state" data-testid="voice-state" data-state={call.phase} role="status">
            <Signal call={call} />
            {t(`voice.state.${call.phase}`)}
          </span>
          {channel && group ? (
            <Link to="/g/$groupId/c/$channelId" params={{ groupId: group.id, channelId: channel.id }}>
              {channel.name} · {group.name}
            </Link>
          ) : (
            <span>…</span>
          )}
        </div>
        <div className="dock-controls">
          <IconButton
            icon={call.muted ? "micOff" : "mic"}
            className={call.muted ? "off" : ""}
            label={t(call.muted ? "voice.unmute" : "voice.mute")}
            aria-pressed={call.muted}
            aria-keyshortcuts="Control+Shift+M"
            onClick={() => parley.call.setMuted(!call.muted)}
            data-testid="voice-mute"
          />
          <IconButton
            icon={call.deafened ? "earOff" : "ear"}
            className={call.deafened ? "off" : ""}
            label={t(call.deafened ? "voice.undeafen" : "voice.deafen")}
            aria-pressed={call.deafened}
            aria-keyshortcuts="Control+Shift+D"
            onClick={() => parley.call.setDeafened(!call.deafened)}
            data-testid="voice-deafen"
          />
          <IconButton
            icon="leave"
            className="danger"
            label={t("voice.leave")}
            onClick={() => parley.call.leave()}
            data-testid="voice-leave"
          />
        </div>
      </header>
      {failed ? <Failed call={call} /> : <MicNote maySpeak={mayUnmute} push={push} />}
      {people.length > 0 && (
        <ul className="dock-people" aria-label={t("voice.here")}>
          {people.slice(0, SHOWN).map((each) => (
            <DockPerson key={each.user_id} state={each} />
          ))}
          {people.length > SHOWN && <li className="dock-more">+{people.length - SHOWN}</li>}
        </ul>
      )}
    </section>
  );
}

function DockPerson({ state }: { state: VoiceState }) {
  const name = useWorld((world) => nameOf(world.users[state.user_id]));
  const speaking = useWorld((world) => world.speaking[state.participant] === true);
  return (
    <li title={name} data-muted={state.muted}>
      <Avatar id={state.user_id} name={name} size={24} speaking={speaking && !state.muted} />
      <span className="hidden-visually">{name}</span>
    </li>
  );
}

const GOOD_RTT_MS = 150;
const POOR_RTT_MS = 350;
const GOOD_LOSS = 0.03;
const POOR_LOSS = 0.1;

function bars({ phase, quality }: CallState): number {
  if (phase !== "connected") return 0;
  if (!quality) return 3;
  const rtt = quality.rttMs ?? 0;
  if (rtt > POOR_RTT_MS || quality.loss > POOR_LOSS) return 1;
  return rtt > GOOD_RTT_MS || quality.loss > GOOD_LOSS ? 2 : 3;
}

function Signal({ call }: { call: CallState }) {
  const { t } = useTranslation();
  if (call.phase === "connecting" || call.phase === "reconnecting") return <span className="spinner" />;
  const count = bars(call);
  const label = call.quality
    ? t("voice.quality", { rtt: call.quality.rttMs ?? "–", loss: Math.round(call.quality.loss * 100) })
    : undefined;
  return (
    <svg className="signal" data-bars={count} width="16" height="14" viewBox="0 0 16 14" aria-hidden="true">
      <title>{label}</title>
      <rect x="1" y="9" width="3.4" height="4" rx="1" />
      <rect x="6.3" y="5.5" width="3.4" height="7.5" rx="1" />
      <rect x="11.6" y="2" width="3.4" height="11" rx="1" />
    </svg>
  );
}

function Failed({ call }: { call: CallState }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  return (
    <div className="dock-note bad" role="alert">
      <Icon name="warn" size={16} />
      <span>
        {call.error && say(new RequestError(call.error.code, call.error.message))}{" "}
        {call.channelId !== null && (
          <button type="button" className="link" onClick={() => void parley.call.join(call.channelId ?? "")}>
            {t("action.retry")}
          </button>
        )}
      </span>
    </div>
  );
}

/** Why a call ended that nobody here hung up. */
function Ended({ call }: { call: CallState }) {
  const { t } = useTranslation();
  const parley = useParley();
  if (call.error === null) return null;
  return (
    <section className="dock" aria-label={t("voice.dock")}>
      <div className="dock-note">
        <span>{t("error.joined_elsewhere")}</span>
        <IconButton
          icon="close"
          size={16}
          label={t("action.close")}
          onClick={() => parley.call.store.setState({ error: null })}
        />
      </div>
    </section>
  );
}
