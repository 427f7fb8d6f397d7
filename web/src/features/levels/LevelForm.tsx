import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Select } from "../../components/Field";
import type { Id, LevelKind, LevelScope } from "../../gateway/protocol";
import { FOR_GOOD_MS } from "../../state/levels";
import { levelKey } from "../../state/world";
import { DeedForm } from "../dialogs/DeedForm";
import { dateAndTime } from "../messages/times";
import { useParley, useWorld } from "../parley";

const HOUR_MS = 3_600_000;
const MUTES = { "1h": HOUR_MS, "8h": 8 * HOUR_MS, "1d": 24 * HOUR_MS } as const;
type Mute = "no" | "kept" | keyof typeof MUTES | "good";

interface Props {
  scope: LevelScope;
  targetId: Id;
  onClose: () => void;
}

/** Of what one wants to be told, in a group, a channel or a conversation. */
export function LevelForm({ scope, targetId, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const known = useWorld((world) => world.levels[levelKey(scope, targetId)]);
  const inGroup = useWorld((world) => scope === "channel" && targetId in world.channels);
  const until = known?.muted_until_ms ?? null;
  const muted = until !== null && until > Date.now();
  const [level, setLevel] = useState<LevelKind>(() => {
    const kept = known?.level ?? "default";
    return kept === "default" && !inGroup ? "all" : kept;
  });
  const [mute, setMute] = useState<Mute>(muted ? (until === FOR_GOOD_MS ? "good" : "kept") : "no");

  const mutedUntil = (): number | null => {
    if (mute === "no") return null;
    if (mute === "kept") return until;
    return mute === "good" ? FOR_GOOD_MS : Date.now() + MUTES[mute];
  };
  const save = async (): Promise<void> => {
    const plain = level === "all" && !inGroup ? "default" : level;
    await parley.reading.setLevel(scope, targetId, plain, mutedUntil());
  };
  const levels: LevelKind[] = [...(inGroup ? (["default"] as const) : []), "all", "mentions", "none"];
  const mutes: { value: Mute; label: string }[] = [
    { value: "no", label: t("level.notMuted") },
    ...(muted && until !== FOR_GOOD_MS
      ? [
          {
            value: "kept" as const,
            label: t("level.mutedUntil", { time: dateAndTime(until, i18n.language) }),
          },
        ]
      : []),
    { value: "1h", label: t("level.mute1h") },
    { value: "8h", label: t("level.mute8h") },
    { value: "1d", label: t("level.mute1d") },
    { value: "good", label: t("level.muteGood") },
  ];
  return (
    <DeedForm action={t("action.save")} testId="level-save" work={save} onClose={onClose}>
      <fieldset className="field">
        <legend className="label">{t("level.title")}</legend>
        <div className="radios">
          {levels.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="level"
                value={each}
                checked={level === each}
                onChange={() => setLevel(each)}
              />
              <span>
                {t(`level.${each}`)}
                <small>{t(`level.${each}Hint`)}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <Select label={t("level.mute")} value={mute} options={mutes} onChange={setMute} testId="level-mute" />
    </DeedForm>
  );
}
