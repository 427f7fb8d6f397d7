import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { nameOf, type Place, partnerOf } from "../../state/places";
import { dateAndTime } from "../messages/times";
import { useParley, useWorld } from "../parley";

/** The longest that a timer waits. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** In place of the composer for those who may not write: why, as far as that is known. */
export function ClosedNote({ place }: { place: Place }) {
  const { groupId } = place;
  const blocked = useBlockedPartner(place);
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
      {blocked !== null
        ? t("composer.blocked", { name: blocked })
        : timedOut
          ? t("composer.timedOut", { time: dateAndTime(until, i18n.language) })
          : t("composer.mayNot")}
    </div>
  );
}

/** The name of the one on the other side of a direct conversation, if this person has blocked them. */
export function useBlockedPartner({ id }: Place): string | null {
  return useWorld((world) => {
    const conversation = world.conversations[id];
    if (conversation?.kind !== "direct") return null;
    const partner = partnerOf(conversation, world.me?.id ?? "");
    return world.relations[partner]?.kind === "blocked" ? nameOf(world.users[partner]) : null;
  });
}
