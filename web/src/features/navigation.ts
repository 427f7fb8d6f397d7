/** Ways to places and messages. */

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import type { Id } from "../gateway/protocol";
import type { Place } from "../state/places";
import { jumpTo } from "../state/ui";

type Where = Pick<Place, "id" | "groupId">;

/** For a link to a place. */
export function linkTo({ id, groupId }: Where) {
  return groupId === null
    ? ({ to: "/d/$channelId", params: { channelId: id } } as const)
    : ({ to: "/g/$groupId/c/$channelId", params: { groupId, channelId: id } } as const);
}

/** The address of a message, to be given to others who may read it. */
export function addressOf({ id, groupId }: Where, message: Id): string {
  const path = groupId === null ? `/d/${id}` : `/g/${groupId}/c/${id}`;
  return `${location.origin}${path}?m=${message}`;
}

/** Opens a place, at one of its messages if one is named. */
export function useGo(): (where: Where, message?: Id) => Promise<void> {
  const navigate = useNavigate();
  return useCallback(
    (where, message) => {
      if (message !== undefined) jumpTo(where.id, message);
      return navigate(linkTo(where));
    },
    [navigate],
  );
}

/** The address names a message: show it once, and leave the place's own address. */
export function useNamedMessage(channelId: Id, message: Id | undefined): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (message === undefined) return;
    jumpTo(channelId, message);
    void navigate({ to: ".", search: {}, replace: true });
  }, [navigate, channelId, message]);
}
