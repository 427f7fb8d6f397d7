import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import type { VoiceState } from "../../gateway/protocol";
import { useCall, useMay, useParley, useWorld } from "../parley";
import { ChannelFrame, type ChannelProps } from "./ChannelFrame";
import { VoicePerson } from "./VoicePerson";

const NOBODY: readonly VoiceState[] = [];

export function VoiceChannel(props: ChannelProps) {
  const { channel } = props;
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
  if (props.collapsed && !mine && people.length === 0) return null;
  return (
    <li className="channel-voice">
      <ChannelFrame {...props} mine={mine}>
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
          {props.hidden && (
            <span className="channel-lock">
              <Icon name="lock" size={14} />
            </span>
          )}
          {phase === "connecting" && <span className="spinner" />}
          {people.length > 0 && phase !== "connecting" && (
            <span className="channel-count">{people.length}</span>
          )}
        </button>
      </ChannelFrame>
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
