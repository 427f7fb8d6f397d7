import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { Channel, VoiceState } from "../../gateway/protocol";
import { nameOf, useCall, useMay, useParley, useWorld } from "../parley";

const NOBODY: readonly VoiceState[] = [];

/** A call, large. */
export function Stage({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const parley = useParley();
  const people = useWorld((world) => world.voice[channel.id] ?? NOBODY);
  const here = useCall((call) => call.channelId === channel.id);
  const allowed = useMay(channel.group_id, channel.id)("connect");
  return (
    <section className="stage" aria-label={t("voice.stage", { name: channel.name })}>
      {people.length === 0 ? (
        <div className="blank">
          <h2>{t("voice.emptyTitle")}</h2>
          <p>{t("voice.empty")}</p>
        </div>
      ) : (
        <ul className="stage-people">
          {people.map((each) => (
            <Tile key={each.user_id} state={each} />
          ))}
        </ul>
      )}
      {!here && (
        <div className="stage-join">
          <Button look="primary" disabled={!allowed} onClick={() => void parley.call.join(channel.id)}>
            <Icon name="sound" size={18} />
            {t(allowed ? "voice.join" : "channel.noConnect")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Tile({ state }: { state: VoiceState }) {
  const { t } = useTranslation();
  const name = useWorld((world) => nameOf(world.users[state.user_id]));
  const speaking = useWorld((world) => world.speaking[state.participant] === true) && !state.muted;
  return (
    <li className="tile" data-speaking={speaking}>
      <Avatar id={state.user_id} name={name} size={96} />
      <span>
        {state.muted && <Icon name="micOff" size={16} />}
        {state.deafened && <Icon name="earOff" size={16} />}
        {name}
        {!state.connected && <em>{t("voice.isConnecting")}</em>}
      </span>
    </li>
  );
}
