import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { Id, Relation, User } from "../../gateway/protocol";
import { hexColour } from "../../lib/colour";
import { memberIn } from "../../state/places";
import { openDialog, toast } from "../../state/ui";
import { MemberMenuButton } from "../members/MemberMenu";
import { useGo } from "../navigation";
import { nameOf, useAttempt, useMyId, useName, useParley, usePresence, useWorld } from "../parley";
import { About, Banner } from "./About";
import { mention } from "./mention";
import { useProfile } from "./useProfile";
import "./people.css";

interface Props {
  userId: Id;
  groupId: Id | null;
  onClose: () => void;
}

/** Who somebody is, and what one can do with them. */
export default function Profile({ userId, groupId, onClose }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const user = useWorld((world) => world.users[userId]);
  const relation = useWorld((world) => world.relations[userId]);
  const presence = usePresence(userId);
  const name = useName(userId, groupId);
  const [profile] = useProfile(userId);
  useEffect(() => {
    void parley.people.know(userId);
  }, [parley, userId]);
  const status = presence?.status ?? "offline";
  return (
    <div className="profile" data-testid="profile">
      <Banner banner={profile?.banner} />
      <header>
        <Avatar id={userId} name={name} size={64} status={status} />
        <div>
          <strong>{name}</strong>
          <small>
            {user && name !== nameOf(user) ? `${nameOf(user)} · ` : ""}@{user?.username ?? "…"}
          </small>
          <small data-testid="profile-status">{presence?.text || t(`presence.${status}`)}</small>
        </div>
        {groupId !== null && <MemberMenuButton groupId={groupId} userId={userId} />}
      </header>
      {profile && <About bio={profile.bio} fields={profile.fields} />}
      {groupId !== null && <Roles userId={userId} groupId={groupId} />}
      {user && userId !== me && <Deeds user={user} relation={relation} onClose={onClose} />}
    </div>
  );
}

function Roles({ userId, groupId }: { userId: Id; groupId: Id }) {
  const { t } = useTranslation();
  const member = useWorld((world) => memberIn(world, groupId, userId));
  const roles = useWorld((world) => world.groups[groupId]?.roles);
  const mine = [...(roles ?? [])]
    .filter((each) => member?.role_ids.includes(each.id))
    .sort((a, b) => b.position - a.position);
  if (mine.length === 0) return null;
  return (
    <ul className="role-chips" aria-label={t("people.roles")}>
      {mine.map((role) => (
        <li key={role.id}>
          <i style={role.colour === null ? undefined : { background: hexColour(role.colour) }} />
          {role.name}
        </li>
      ))}
    </ul>
  );
}

function Deeds({
  user,
  relation,
  onClose,
}: {
  user: User;
  relation: Relation | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const go = useGo();
  const { channelId } = useParams({ strict: false });
  const kind = relation?.kind;
  const talk = (): Promise<boolean> =>
    attempt(async () => {
      const id = await parley.people.converse([user.id]);
      onClose();
      await go({ id, groupId: null });
    });
  const befriend = (): Promise<boolean> =>
    attempt(async () => {
      const { kind: now } = await parley.people.relate(user.id, "friend");
      toast(t(now === "friend" ? "friends.nowFriends" : "friends.asked", { name: nameOf(user) }));
    });
  const mentionHere = (): void => {
    if (channelId === undefined) return;
    onClose();
    mention(channelId, user);
  };
  if (kind === "blocked")
    return (
      <div className="profile-deeds">
        <p className="soft">{t("people.blockedNote")}</p>
        <Button
          wide
          onClick={() => void attempt(() => parley.people.endRelation(user.id))}
          data-testid="unblock"
        >
          {t("people.unblock")}
        </Button>
      </div>
    );
  return (
    <div className="profile-deeds">
      <Button look="primary" wide onClick={() => void talk()} data-testid="profile-message">
        <Icon name="message" size={18} />
        {t("people.message")}
      </Button>
      {kind !== "friend" && (
        <Button
          wide
          disabled={kind === "outgoing"}
          onClick={() => void befriend()}
          data-testid="profile-befriend"
        >
          <Icon name="invite" size={18} />
          {t(
            kind === "outgoing"
              ? "people.wasAsked"
              : kind === "incoming"
                ? "people.acceptFriend"
                : "people.befriend",
          )}
        </Button>
      )}
      {channelId !== undefined && (
        <Button wide look="quiet" onClick={mentionHere} data-testid="profile-mention">
          <Icon name="at" size={18} />
          {t("people.mention")}
        </Button>
      )}
      <Button
        wide
        look="quiet"
        className="danger-text"
        onClick={() => {
          onClose();
          openDialog({ kind: "block", userId: user.id });
        }}
        data-testid="profile-block"
      >
        <Icon name="ban" size={18} />
        {t("people.block")}
      </Button>
    </div>
  );
}
