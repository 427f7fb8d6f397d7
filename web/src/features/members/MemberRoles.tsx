import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import type { Id, Role } from "../../gateway/protocol";
import { hexColour } from "../../lib/colour";
import { memberIn } from "../../state/places";
import { mayTouch, ownBits, rankedRoles } from "../../state/ranks";
import { upkeepOf } from "../../state/upkeep";
import { useAttempt, useParley, useWorld } from "../parley";
import type { DeedProps } from "./MemberDialog";

/** The roles of a member; each is given or taken at once. */
export function MemberRoles({ groupId, userId, onClose }: DeedProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const state = useWorld((world) => world.groups[groupId]);
  const mine = useWorld((world) => memberIn(world, groupId, userId)?.role_ids);
  // What was asked for is shown until the server has answered.
  const [wish, setWish] = useState<{ role: Id; has: boolean } | null>(null);
  if (!state) return null;
  const bits = ownBits(state, Date.now());
  const toggle = async (role: Role, has: boolean): Promise<void> => {
    setWish({ role: role.id, has });
    await attempt(() => upkeepOf(parley).setRole(groupId, userId, role.id, has));
    setWish(null);
  };
  return (
    <>
      <ul className="role-choices">
        {rankedRoles(state).map((role) => {
          const has = mine?.includes(role.id) === true;
          const lacking = !has && (role.permissions & ~bits) !== 0;
          const above = !mayTouch(state, role);
          return (
            <li key={role.id}>
              <label>
                <input
                  type="checkbox"
                  checked={wish?.role === role.id ? wish.has : has}
                  disabled={above || lacking || wish !== null}
                  onChange={() => void toggle(role, !has)}
                  data-testid={`give-${role.name}`}
                />
                <i
                  className="role-dot"
                  style={role.colour === null ? undefined : { background: hexColour(role.colour) }}
                />
                <span className="grow">
                  {role.name}
                  {(above || lacking) && (
                    <small>{t(above ? "roles.aboveYouShort" : "roles.lackingShort")}</small>
                  )}
                </span>
              </label>
            </li>
          );
        })}
      </ul>
      <div className="dialog-foot">
        <Button look="primary" onClick={onClose}>
          {t("action.done")}
        </Button>
      </div>
    </>
  );
}
