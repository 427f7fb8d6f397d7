import { useEffect, useReducer } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { Icon } from "../../components/Icon";
import { duration } from "../../lib/durations";
import type { Place } from "../../state/places";
import { waitMs, waits } from "../../state/slowMode";
import { useMay, useWorld } from "../parley";

export interface Slow {
  /** One message in so many seconds; 0: as many as one likes. */
  everyS: number;
  leftMs: number;
}

const SECOND_MS = 1000;

/** How slow a place is for this person, and how long they have to wait now. */
export function useSlowMode(place: Place): Slow {
  const may = useMay(place.groupId, place.id);
  const slowS = useWorld((world) => world.channels[place.id]?.slow_mode_s ?? 0);
  const everyS = may("manage_messages") || may("manage_channels") ? 0 : slowS;
  const all = useStore(waits);
  const [, look] = useReducer((count: number) => count + 1, 0);
  const leftMs = everyS === 0 ? 0 : waitMs(all, place.id, Date.now());
  useEffect(() => {
    if (leftMs === 0) return;
    const timer = setTimeout(look, Math.min(SECOND_MS, leftMs));
    return () => clearTimeout(timer);
  });
  return { everyS, leftMs };
}

export function SlowModeNote({ slow: { everyS, leftMs } }: { slow: Slow }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="slow-mode" data-testid="slow-mode" data-waiting={leftMs > 0}>
      <Icon name="clock" size={14} />
      {leftMs > 0
        ? t("composer.slowWait", { time: duration(Math.ceil(leftMs / SECOND_MS), i18n.language) })
        : t("composer.slowMode", { time: duration(everyS, i18n.language) })}
    </div>
  );
}
