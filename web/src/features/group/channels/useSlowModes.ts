import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { duration } from "../../../lib/durations";

const STEPS_S = [0, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600] as const;

/** What can be chosen for slow mode; also what another client has set. */
export function useSlowModes(current: number): { value: string; label: string }[] {
  const { t, i18n } = useTranslation();
  return useMemo(
    () =>
      [...new Set([...STEPS_S, current])]
        .sort((a, b) => a - b)
        .map((each) => ({
          value: String(each),
          label: each === 0 ? t("channel.slowModeOff") : duration(each, i18n.language),
        })),
    [t, i18n.language, current],
  );
}
