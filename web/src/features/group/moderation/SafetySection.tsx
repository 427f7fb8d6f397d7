import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../../components/Button";
import { Field, Select, Switch } from "../../../components/Field";
import { Icon } from "../../../components/Icon";
import type { Safety } from "../../../gateway/protocol";
import { duration } from "../../../lib/durations";
import { FOR_GOOD_MS } from "../../../state/levels";
import { upkeepOf } from "../../../state/upkeep";
import { dateAndTime } from "../../messages/times";
import { useAttempt, useErrorText, useParley } from "../../parley";
import type { SectionProps } from "../GroupSettings";
import { SaveBar } from "../SaveBar";
import { useDraft } from "../useDraft";

/** What holds off raids: who may come in, and how many at once. */
export function SafetySection({ groupId }: SectionProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const [safety, setSafety] = useState<Safety | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const read = useCallback(() => {
    setFailure(null);
    upkeepOf(parley).rest.safety(groupId).then(setSafety, setFailure);
  }, [parley, groupId]);
  useEffect(read, [read]);
  if (failure !== null)
    return (
      <>
        <Notice tone="bad">{say(failure)}</Notice>
        <Button className="start" onClick={read}>
          {t("action.retry")}
        </Button>
      </>
    );
  if (safety === null) return <span className="spinner" />;
  return (
    <>
      <Pause safety={safety} onChange={setSafety} />
      <Limits safety={safety} onChange={setSafety} />
    </>
  );
}

interface PartProps {
  safety: Safety;
  onChange: (safety: Safety) => void;
}

const HOUR_MS = 3_600_000;
const PAUSES = { hour: HOUR_MS, day: 24 * HOUR_MS, good: null } as const;

function Pause({ safety, onChange }: PartProps) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const until = safety.invites_paused_until_ms;
  const paused = until !== null && until > Date.now();
  const pause = (untilMs: number | null): Promise<boolean> =>
    attempt(async () =>
      onChange(await upkeepOf(parley).rest.setSafety(safety.group_id, { invites_paused_until_ms: untilMs })),
    );
  return (
    <section className="form" aria-labelledby="safety-pause">
      <h2 id="safety-pause">{t("safety.pause")}</h2>
      <p className="soft">{t("safety.pauseHint")}</p>
      {paused ? (
        <>
          <Notice tone="warn">
            {until === FOR_GOOD_MS
              ? t("safety.pausedForGood")
              : t("safety.pausedUntil", { time: dateAndTime(until, i18n.language) })}
          </Notice>
          <Button className="start" onClick={() => void pause(null)} data-testid="safety-resume">
            {t("safety.resume")}
          </Button>
        </>
      ) : (
        <div className="part-deeds">
          {(Object.keys(PAUSES) as (keyof typeof PAUSES)[]).map((each) => {
            const length = PAUSES[each];
            return (
              <Button
                key={each}
                onClick={() => void pause(length === null ? FOR_GOOD_MS : Date.now() + length)}
                data-testid={`safety-pause-${each}`}
              >
                <Icon name="lock" size={16} />
                {t(`safety.pause.${each}`)}
              </Button>
            );
          })}
        </div>
      )}
    </section>
  );
}

const AGES_S = [0, 3600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400] as const;
const JOINS_MAX = 1000;
const JOINS_USUAL = 10;

function Limits({ safety, onChange }: PartProps) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const { joins_per_minute, minimum_account_age_s } = safety;
  const { value, changes, dirty, set, reset } = useDraft({ joins_per_minute, minimum_account_age_s });
  const joins = value.joins_per_minute;
  const valid = joins === null || (Number.isInteger(joins) && joins >= 1 && joins <= JOINS_MAX);
  const save = async (reason: string | undefined): Promise<void> => {
    onChange(await upkeepOf(parley).rest.setSafety(safety.group_id, changes, reason));
  };
  return (
    <section className="form" aria-labelledby="safety-limits">
      <h2 id="safety-limits">{t("safety.limits")}</h2>
      <Switch
        label={t("safety.joins")}
        hint={t("safety.joinsHint")}
        checked={joins !== null}
        onChange={(on) => set({ joins_per_minute: on ? JOINS_USUAL : null })}
      />
      {joins !== null && (
        <Field
          label={t("safety.joinsMax")}
          type="number"
          min={1}
          max={JOINS_MAX}
          value={Number.isNaN(joins) ? "" : joins}
          problem={valid ? null : t("safety.joinsBad", { max: JOINS_MAX })}
          onChange={(event) => set({ joins_per_minute: event.target.valueAsNumber })}
          data-testid="safety-joins"
        />
      )}
      <Select
        label={t("safety.age")}
        value={String(value.minimum_account_age_s)}
        options={[...new Set([...AGES_S, value.minimum_account_age_s])]
          .sort((a, b) => a - b)
          .map((each) => ({
            value: String(each),
            label: each === 0 ? t("safety.anyAge") : duration(each, i18n.language),
          }))}
        onChange={(seconds) => set({ minimum_account_age_s: Number(seconds) })}
        testId="safety-age"
      />
      <SaveBar dirty={dirty} valid={valid} onReset={reset} onSave={save} />
    </section>
  );
}
