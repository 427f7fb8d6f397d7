import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { GroupState } from "../../../state/world";
import { useName, useParley } from "../../parley";
import { takeMembers } from "../useMembersFound";
import type { Target } from "./Overwrites";

/** What a role is called, or a member; one that is not known is asked for. */
export function TargetName({ state, target }: { state: GroupState; target: Target }) {
  const { t } = useTranslation();
  if (target.target === "member") return <MemberName groupId={state.group.id} userId={target.target_id} />;
  if (target.target_id === state.group.id) return t("roles.everyone");
  return state.roles.find((each) => each.id === target.target_id)?.name ?? "…";
}

function MemberName({ groupId, userId }: { groupId: string; userId: string }) {
  const parley = useParley();
  const name = useName(userId, groupId);
  useEffect(() => {
    if (parley.world.getState().memberships[groupId]?.[userId]) return;
    parley.api
      .member(groupId, userId)
      .then(({ member, user }) => takeMembers(parley, { members: [member], users: [user] }))
      .catch(() => undefined);
  }, [parley, groupId, userId]);
  return name;
}
