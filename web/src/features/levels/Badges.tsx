/** What is unread in a place, and what of it calls for attention. */

import { useTranslation } from "react-i18next";
import { useShallow } from "zustand/react/shallow";
import type { Id } from "../../gateway/protocol";
import { type Badge, badgeOf, badgeOfAll, channelLevel } from "../../state/levels";
import { useWorld } from "../parley";

const SHOWN_MAX = 999;
const short = (count: number): string => (count > SHOWN_MAX ? `${SHOWN_MAX}+` : String(count));

/** Of a channel, or of a conversation (`groupId` is null). */
export function useBadge(channelId: Id, groupId: Id | null): Badge {
  return useWorld(
    useShallow((world) =>
      badgeOf(
        world.cursors[channelId],
        channelLevel(world.levels, channelId, groupId, Date.now()),
        groupId === null,
      ),
    ),
  );
}

/** Of a group as a whole, or of all conversations together (`groupId` is null). */
export function useBadgeOfAll(groupId: Id | null): Badge {
  return useWorld(useShallow((world) => badgeOfAll(world, groupId, Date.now())));
}

export function Badges({ badge, name }: { badge: Badge; name: string }) {
  const { t } = useTranslation();
  const { fresh, unread, urgent } = badge;
  if (urgent > 0)
    return (
      <span className="badge urgent" data-testid={`mentions-${name}`}>
        <span aria-hidden="true">{short(urgent)}</span>
        <span className="hidden-visually">{t("channel.mentions", { count: urgent })}</span>
      </span>
    );
  if (!fresh) return null;
  return (
    <span className="badge" data-testid={`unread-${name}`}>
      <span aria-hidden="true">{short(unread)}</span>
      <span className="hidden-visually">{t("channel.unread", { count: unread })}</span>
    </span>
  );
}
