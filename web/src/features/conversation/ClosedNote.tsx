import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Place } from "../../state/places";
import { dateAndTime } from "../messages/times";
import { useParley, useWorld } from "../parley";

/** The longest that a timer waits. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** In place of the composer for those who may not write: why, as far as that is known. */
export function ClosedNote({ place: { groupId } }: { place: Place }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const until = useWorld((world) =>
    groupId === null ? null : (world.groups[groupId]?.member.timed_out_until_ms ?? null),
  );
  const timedOut = until !== null && until > Date.now();
  useEffect(() => {
    const leftMs = (until ?? 0) - Date.now();
    if (leftMs <= 0 || leftMs > TIMER_MAX_MS) return;
    // Nothing is told when it ends: what depends on it looks again.
    const timer = setTimeout(
      () => parley.world.setState(({ groups }) => ({ groups: { ...groups } })),
      leftMs,
    );
    return () => clearTimeout(timer);
  }, [parley, until]);
  return (
    <div className="composer-closed" data-testid="composer-closed">
      {timedOut ? t("composer.timedOut", { time: dateAndTime(until, i18n.language) }) : t("composer.mayNot")}
    </div>
  );
}
