import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button";
import { mayTouch, rankedRoles } from "../../../state/ranks";
import type { GroupState } from "../../../state/world";
import { MemberField } from "../MemberField";
import { RoleDot } from "../roles/RoleOrder";
import { isTarget, type Target } from "./Overwrites";

interface Props {
  state: GroupState;
  there: readonly Target[];
  onChoose: (target: Target) => void;
  onClose: () => void;
}

/** Chooses a role or a member that a channel shall speak of. */
export function AddTarget({ state, there, onChoose, onClose }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const isThere = (target: Target): boolean => there.some((each) => isTarget(each, target));
  const roles = rankedRoles(state)
    .filter((each) => mayTouch(state, each))
    .map((role) => ({ role, target: { target: "role", target_id: role.id } as const }))
    .filter(({ target }) => !isThere(target));
  const members = there.filter((each) => each.target === "member").map((each) => each.target_id);
  return (
    <section className="add-target form" aria-label={t("overwrites.add")}>
      {roles.length > 0 && (
        <div className="field">
          <span className="label">{t("overwrites.role")}</span>
          <div className="targets">
            {roles.map(({ role, target }) => (
              <button
                key={role.id}
                type="button"
                className="target"
                onClick={() => onChoose(target)}
                data-testid={`overwrite-role-${role.name}`}
              >
                <RoleDot colour={role.colour} />
                {role.name}
              </button>
            ))}
          </div>
        </div>
      )}
      <MemberField
        groupId={state.group.id}
        label={t("overwrites.member")}
        chosen={typed}
        onChange={(user) => {
          setTyped(user);
          if (user !== null) onChoose({ target: "member", target_id: user });
        }}
        without={[state.member.user_id, ...members]}
      />
      <Button look="quiet" className="start" onClick={onClose}>
        {t("action.cancel")}
      </Button>
    </section>
  );
}
