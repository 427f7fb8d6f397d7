import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Switch } from "../../components/Field";
import { setIgnored, setVolume } from "../../state/settings";
import { nameOf, useSettings, useWorld } from "../parley";

/** How loud one hears somebody, or whether at all. */
export function PersonCard({ userId }: { userId: string }) {
  const { t } = useTranslation();
  const id = useId();
  const user = useWorld((world) => world.users[userId]);
  const volume = useSettings((settings) => settings.volumes[userId] ?? 1);
  const ignored = useSettings((settings) => settings.ignored.includes(userId));
  const percent = Math.round(volume * 100);
  return (
    <div className="person-card">
      <header>
        <Avatar id={userId} name={nameOf(user)} />
        <div>
          <strong>{nameOf(user)}</strong>
          <small>@{user?.username}</small>
        </div>
      </header>
      <div className="field">
        <label htmlFor={id}>
          {t("voice.volume")} <output htmlFor={id}>{percent}%</output>
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={100}
          step={5}
          value={percent}
          disabled={ignored}
          onChange={(event) => setVolume(userId, Number(event.target.value) / 100)}
        />
      </div>
      <Switch
        label={t("voice.ignore")}
        checked={ignored}
        onChange={(checked) => setIgnored(userId, checked)}
      />
    </div>
  );
}
