/** What is named by an id, and messages as a whole, in words. */

import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Id, Section } from "../gateway/protocol";
import type { Wording } from "../lib/markdown";
import { nameOf } from "../state/places";
import { summary } from "../state/sections";
import { useWorld } from "./parley";

export function useWording(groupId: Id | null): Wording {
  const { t } = useTranslation();
  const users = useWorld((world) => world.users);
  const channels = useWorld((world) => world.channels);
  const group = useWorld((world) => (groupId === null ? undefined : world.groups[groupId]));
  const members = useWorld((world) => (groupId === null ? undefined : world.memberships[groupId]));
  return useCallback<Wording>(
    (node) => {
      if (node.type === "broadcast") return `@${node.who}`;
      if (node.type === "emoji") return `:${node.name}:`;
      if (node.kind === "user") return `@${members?.[node.id]?.nickname || nameOf(users[node.id])}`;
      if (node.kind === "channel") return `#${channels[node.id]?.name ?? t("mention.channelGone")}`;
      return `@${group?.roles.find((each) => each.id === node.id)?.name ?? t("mention.roleGone")}`;
    },
    [t, users, channels, group, members],
  );
}

/** One line that stands for a message. */
export function useSummary(sections: readonly Section[], groupId: Id | null, lengthMax?: number): string {
  const { t } = useTranslation();
  const wording = useWording(groupId);
  return useMemo(() => {
    const line = summary(sections, lengthMax, wording);
    if (line !== "") return line;
    const kind = sections.find((each) => each.kind !== "reply")?.kind;
    return kind === undefined ? "" : t(`message.kind.${kind}`);
  }, [sections, lengthMax, wording, t]);
}
