import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { memberIn } from "../../state/places";
import { isTimedOut } from "../../state/ranks";
import { upkeepOf } from "../../state/upkeep";
import { DeedForm } from "../dialogs/DeedForm";
import { dateAndTime } from "../messages/times";
import { useAttempt, useName, useParley, useWorld } from "../parley";
import type { DeedProps } from "./MemberDialog";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const LENGTHS = {
  minute: MINUTE_MS,
  fiveMinutes: 5 * MINUTE_MS,
  tenMinutes: 10 * MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  // A little less than the most that is taken, which the way to the server counts to.
  fourWeeks: 28 * DAY_MS - MINUTE_MS,
} as const;
type Length = keyof typeof LENGTHS;

export function TimeOutForm({ groupId, userId, onClose }: DeedProps) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const name = useName(userId, groupId);
  const member = useWorld((world) => memberIn(world, groupId, userId));
  const [length, setLength] = useState<Length>("tenMinutes");
  const upkeep = upkeepOf(parley);
  const timedOut = isTimedOut(member, Date.now());
  const end = async (): Promise<void> => {
    if (await attempt(() => upkeep.timeOut(groupId, userId, null))) onClose();
  };
  return (
    <DeedForm
      action={t("member.timeOutDo")}
      reasoned
      work={(reason) => upkeep.timeOut(groupId, userId, Date.now() + LENGTHS[length], reason)}
      onClose={onClose}
      aside={
        timedOut && (
          <Button onClick={() => void end()} data-testid="time-out-end">
            {t("member.timeOutEnd")}
          </Button>
        )
      }
    >
      <p className="soft">
        {timedOut
          ? t("member.timedOutUntil", {
              name,
              time: dateAndTime(member?.timed_out_until_ms ?? 0, i18n.language),
            })
          : t("member.timeOutText", { name })}
      </p>
      <fieldset className="field">
        <legend className="label">{t("member.timeOutLength")}</legend>
        <div className="lengths">
          {(Object.keys(LENGTHS) as Length[]).map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="length"
                checked={length === each}
                onChange={() => setLength(each)}
                data-testid={`time-out-${each}`}
              />
              <span>{t(`member.length.${each}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
    </DeedForm>
  );
}
