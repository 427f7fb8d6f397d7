import { Link, useRouter } from "@tanstack/react-router";
import { type MouseEvent, type ReactNode, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { DrawNamed, FollowLink, type NamedNode } from "../../components/Markdown";
import type { Id } from "../../gateway/protocol";
import { legible } from "../../lib/colour";
import { useMyId, useName, useWorld } from "../parley";
import { PersonButton } from "../people/PersonButton";

/** Around messages: draws the people, roles, channels and emoji that they name, as this group knows them. */
export function NamedThings({ groupId, children }: { groupId: Id | null; children: ReactNode }) {
  const draw = useCallback((node: NamedNode) => <Named node={node} groupId={groupId} />, [groupId]);
  const router = useRouter();
  const follow = useCallback(
    (event: MouseEvent, href: string): void => {
      const path = pathInside(href);
      if (path === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      router.history.push(path);
    },
    [router],
  );
  return (
    <DrawNamed value={draw}>
      <FollowLink value={follow}>{children}</FollowLink>
    </DrawNamed>
  );
}

/** The path of an address that leads to a message, a place or an invitation in here; null for all others. */
function pathInside(href: string): string | null {
  const prefix = `${location.origin}/`;
  if (!href.startsWith(prefix)) return null;
  const path = href.slice(prefix.length - 1);
  return /^\/(g|d|invite)\//.test(path) ? path : null;
}

function Named({ node, groupId }: { node: NamedNode; groupId: Id | null }): ReactNode {
  switch (node.type) {
    case "broadcast":
      return <span className="mention me">@{node.who}</span>;
    case "emoji":
      return <OwnEmoji id={node.id} name={node.name} />;
    case "mention":
      if (node.kind === "user") return <Person userId={node.id} groupId={groupId} />;
      if (node.kind === "channel") return <Channel channelId={node.id} />;
      return <RoleName roleId={node.id} groupId={groupId} />;
  }
}

/** An emoji of a group's own; its name where the picture is gone. */
export function OwnEmoji({ id, name }: { id: Id; name: string }) {
  return (
    <img
      className="own-emoji"
      src={`/api/emojis/${id}`}
      alt={`:${name}:`}
      title={`:${name}:`}
      loading="lazy"
      draggable={false}
    />
  );
}

function Person({ userId, groupId }: { userId: Id; groupId: Id | null }) {
  const me = useMyId();
  const name = useName(userId, groupId);
  return (
    <PersonButton
      userId={userId}
      groupId={groupId}
      className={userId === me ? "mention me" : "mention"}
      testId="mention"
    >
      @{name}
    </PersonButton>
  );
}

function RoleName({ roleId, groupId }: { roleId: Id; groupId: Id | null }) {
  const { t } = useTranslation();
  const role = useWorld((world) =>
    groupId === null ? undefined : world.groups[groupId]?.roles.find((each) => each.id === roleId),
  );
  const mine = useWorld(
    (world) => groupId !== null && (world.groups[groupId]?.member.role_ids.includes(roleId) ?? false),
  );
  const colour = role?.colour ?? null;
  return (
    <span
      className={mine ? "mention me" : "mention"}
      style={colour === null ? undefined : { color: legible(colour) }}
    >
      @{role?.name ?? t("mention.roleGone")}
    </span>
  );
}

function Channel({ channelId }: { channelId: Id }) {
  const { t } = useTranslation();
  const channel = useWorld((world) => world.channels[channelId]);
  if (!channel) return <span className="mention gone">#{t("mention.channelGone")}</span>;
  return (
    <Link to="/g/$groupId/c/$channelId" params={{ groupId: channel.group_id, channelId }} className="mention">
      #{channel.name}
    </Link>
  );
}
