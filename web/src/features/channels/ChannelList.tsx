import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { LazyCard } from "../../components/LazyOverlays";
import { lazily } from "../../components/lazily";
import type { Channel, VoiceState } from "../../gateway/protocol";
import { openDialog } from "../../state/ui";
import { Badges, useBadge } from "../levels/Badges";
import { nameOf, useCall, useChannels, useMay, useMyId, useParley, useSettings, useWorld } from "../parley";

const PersonCard = lazily(
  () => import("../voice/PersonCard"),
  (module) => module.PersonCard,
);

export function ChannelList({ groupId }: { groupId: string }) {
  const { t } = useTranslation();
  const channels = useChannels(groupId);
  const manage = useMay(groupId)("manage_channels");
  const kinds = ["text", "voice"] as const;
  return (
    <nav className="channels" aria-label={t("shell.channels")}>
      {channels.length === 0 && <p className="side-empty">{t("channel.none")}</p>}
      {kinds.map((kind) => {
        const some = channels.filter((each) => each.kind === kind);
        if (some.length === 0 && !manage) return null;
        return (
          <section key={kind} aria-labelledby={`channels-${kind}`}>
            <header>
              <h3 id={`channels-${kind}`}>{t(kind === "text" ? "channel.texts" : "channel.voices")}</h3>
              {manage && (
                <IconButton
                  icon="plus"
                  size={16}
                  label={t(kind === "text" ? "group.newText" : "group.newVoice")}
                  onClick={() => openDialog({ kind: "newChannel", groupId, channelKind: kind })}
                  data-testid={`new-${kind}-channel`}
                />
              )}
            </header>
            <ul>
              {some.map((channel) =>
                kind === "text" ? (
                  <TextChannel key={channel.id} channel={channel} manage={manage} />
                ) : (
                  <VoiceChannel key={channel.id} channel={channel} manage={manage} />
                ),
              )}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

function Manage({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  return (
    <IconButton
      className="channel-manage"
      icon="settings"
      size={16}
      label={t("channel.edit", { name: channel.name })}
      onClick={() => openDialog({ kind: "editChannel", channelId: channel.id })}
      data-testid={`channel-edit-${channel.name}`}
    />
  );
}

function TextChannel({ channel, manage }: { channel: Channel; manage: boolean }) {
  const { channelId } = useParams({ strict: false });
  const badge = useBadge(channel.id, channel.group_id);
  const current = channelId === channel.id;
  return (
    <li className="channel" data-current={current || undefined} data-unread={badge.fresh || undefined}>
      <Link
        to="/g/$groupId/c/$channelId"
        params={{ groupId: channel.group_id, channelId: channel.id }}
        aria-current={current ? "page" : undefined}
        data-testid={`channel-${channel.name}`}
      >
        <Icon name="hash" size={18} />
        <span className="channel-name">{channel.name}</span>
        <Badges badge={badge} name={channel.name} />
      </Link>
      {manage && <Manage channel={channel} />}
    </li>
  );
}

const NOBODY: readonly VoiceState[] = [];

function VoiceChannel({ channel, manage }: { channel: Channel; manage: boolean }) {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const people = useWorld((world) => world.voice[channel.id] ?? NOBODY);
  const phase = useCall((call) => (call.channelId === channel.id ? call.phase : "idle"));
  const allowed = useMay(channel.group_id, channel.id)("connect");
  const mine = phase !== "idle";
  const open = (): void => {
    if (!mine || phase === "failed") void parley.call.join(channel.id);
    else
      void navigate({
        to: "/g/$groupId/c/$channelId",
        params: { groupId: channel.group_id, channelId: channel.id },
      });
  };
  return (
    <li className="channel-voice">
      <div className="channel" data-mine={mine || undefined}>
        <button
          type="button"
          onClick={open}
          disabled={!allowed && !mine}
          title={allowed ? undefined : t("channel.noConnect")}
          aria-label={t(mine ? "channel.openStage" : "channel.join", {
            name: channel.name,
            count: people.length,
          })}
          data-testid={`channel-${channel.name}`}
        >
          <Icon name="sound" size={18} />
          <span className="channel-name">{channel.name}</span>
          {phase === "connecting" && <span className="spinner" />}
          {people.length > 0 && phase !== "connecting" && (
            <span className="channel-count">{people.length}</span>
          )}
        </button>
        {manage && <Manage channel={channel} />}
      </div>
      {people.length > 0 && (
        <ul className="people" aria-label={t("channel.who", { name: channel.name })}>
          {people.map((state) => (
            <VoicePerson key={state.user_id} state={state} />
          ))}
        </ul>
      )}
    </li>
  );
}

function VoicePerson({ state }: { state: VoiceState }) {
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
