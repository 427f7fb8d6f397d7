import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../../components/Avatar";
import { Button, IconButton } from "../../../components/Button";
import type { Id, Role } from "../../../gateway/protocol";
import { deedsTo, mayTouch, ownBits } from "../../../state/ranks";
import { upkeepOf } from "../../../state/upkeep";
import { useAttempt, useName, useParley, useWorld } from "../../parley";
import { MemberField } from "../MemberField";
import { useRoleHolders } from "./useRoleHolders";

/** Who has a role; it is given and taken here. */
export function RoleMembers({ role }: { role: Role }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const state = useWorld((world) => world.groups[role.group_id]);
  const { holders, loading, more, loadMore } = useRoleHolders(role);
  const [chosen, setChosen] = useState<Id | null>(null);
  const give = useCallback(
    (user: Id) =>
      attempt(() => upkeepOf(parley).setRole(role.group_id, user, role.id, true)).then(() => setChosen(null)),
    [attempt, parley, role.group_id, role.id],
  );
  useEffect(() => {
    if (chosen !== null) void give(chosen);
  }, [chosen, give]);
  if (!state) return null;
  const lacking = role.permissions & ~ownBits(state, Date.now());
  const givable = mayTouch(state, role) && lacking === 0;
  return (
    <div className="form">
      {givable ? (
        <MemberField
          groupId={role.group_id}
          label={t("roles.give")}
          chosen={chosen}
          onChange={setChosen}
          without={holders}
        />
      ) : (
        <p className="soft">{t("roles.notGivable")}</p>
      )}
      <ul className="people-list" aria-label={t("roles.members")}>
        {holders.map((user) => (
          <Holder key={user} role={role} userId={user} />
        ))}
      </ul>
      {holders.length === 0 && !loading && <p className="soft">{t("roles.noMembers")}</p>}
      {loading && <span className="spinner" />}
      {more && !loading && (
        <Button look="quiet" wide onClick={loadMore}>
          {t("roles.moreMembers")}
        </Button>
      )}
    </div>
  );
}

function Holder({ role, userId }: { role: Role; userId: Id }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const name = useName(userId, role.group_id);
  const username = useWorld((world) => world.users[userId]?.username);
  const takeable = useWorld((world) => {
    const state = world.groups[role.group_id];
    const member = world.memberships[role.group_id]?.[userId];
    return (
      state !== undefined &&
      member !== undefined &&
      mayTouch(state, role) &&
      deedsTo(state, member, Date.now()).has("roles")
    );
  });
  return (
    <li data-testid={`holder-${username}`}>
      <Avatar id={userId} name={name} size={32} />
      <span className="grow">
        <strong>{name}</strong>
        <small>@{username}</small>
      </span>
      {takeable && (
        <IconButton
          icon="close"
          size={18}
          label={t("roles.take", { name })}
          onClick={() => void attempt(() => upkeepOf(parley).setRole(role.group_id, userId, role.id, false))}
        />
      )}
    </li>
  );
}
