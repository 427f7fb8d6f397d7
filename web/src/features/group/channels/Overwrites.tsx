import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import type { Channel, Id, Overwrite } from "../../../gateway/protocol";
import { mayTouch, rankedRoles, standsAbove } from "../../../state/ranks";
import type { GroupState } from "../../../state/world";
import { useWorld } from "../../parley";
import { RoleDot } from "../roles/RoleOrder";
import { AddTarget } from "./AddTarget";
import { OverwriteForm } from "./OverwriteForm";
import { PrivateSwitch } from "./PrivateSwitch";
import { TargetName } from "./TargetName";

export type Target = Pick<Overwrite, "target" | "target_id">;

export const isTarget = (one: Target, other: Target): boolean =>
  one.target === other.target && one.target_id === other.target_id;

/** Those of whom a channel's overwrites speak: everyone, then roles by rank, then members. */
function targetsOf(state: GroupState, channel: Channel): Target[] {
  const roles = rankedRoles(state).filter((role) =>
    channel.overwrites.some((each) => each.target === "role" && each.target_id === role.id),
  );
  return [
    { target: "role", target_id: state.group.id },
    ...roles.map((each) => ({ target: "role" as const, target_id: each.id })),
    ...channel.overwrites.filter((each) => each.target === "member"),
  ];
}

/** What a channel allows and denies to roles and members. */
export function Overwrites({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const state = useWorld((world) => world.groups[channel.group_id]);
  const members = useWorld((world) => world.memberships[channel.group_id]);
  const [chosen, setChosen] = useState<Target>({ target: "role", target_id: channel.group_id });
  const [adding, setAdding] = useState(false);
  if (!state) return null;
  const targets = targetsOf(state, channel);
  // One that was just added has no overwrite yet.
  const shown = targets.some((each) => isTarget(each, chosen)) ? targets : [...targets, chosen];
  const touchable = ({ target, target_id }: Target): boolean => {
    if (target === "role") {
      const role = state.roles.find((each) => each.id === target_id);
      return role !== undefined && mayTouch(state, role);
    }
    const member = members?.[target_id];
    return member !== undefined && standsAbove(state, state.member, member);
  };
  return (
    <>
      <PrivateSwitch channel={channel} />
      <section aria-labelledby="overwrites-of">
        <h2 id="overwrites-of">{t("overwrites.of")}</h2>
        <div className="targets">
          {shown.map((each) => (
            <TargetChip
              key={`${each.target} ${each.target_id}`}
              state={state}
              target={each}
              pressed={isTarget(each, chosen)}
              onChoose={() => setChosen({ target: each.target, target_id: each.target_id })}
            />
          ))}
          <Button onClick={() => setAdding(true)} aria-expanded={adding} data-testid="overwrite-add">
            <Icon name="plus" size={16} />
            {t("overwrites.add")}
          </Button>
        </div>
      </section>
      {adding && (
        <AddTarget
          state={state}
          there={shown}
          onClose={() => setAdding(false)}
          onChoose={(target) => {
            setChosen(target);
            setAdding(false);
          }}
        />
      )}
      <OverwriteForm
        key={`${chosen.target} ${chosen.target_id}`}
        channel={channel}
        target={chosen}
        touchable={touchable(chosen)}
        onRemoved={() => setChosen({ target: "role", target_id: channel.group_id })}
      />
    </>
  );
}

interface ChipProps {
  state: GroupState;
  target: Target;
  pressed: boolean;
  onChoose: () => void;
}

function TargetChip({ state, target, pressed, onChoose }: ChipProps) {
  const role = target.target === "role" ? roleOf(state, target.target_id) : undefined;
  return (
    <button type="button" className="target" aria-pressed={pressed} onClick={onChoose}>
      {target.target === "role" ? (
        <RoleDot colour={role?.colour ?? null} />
      ) : (
        <Icon name="person" size={14} />
      )}
      <TargetName state={state} target={target} />
    </button>
  );
}

const roleOf = (state: GroupState, id: Id) => state.roles.find((each) => each.id === id);
