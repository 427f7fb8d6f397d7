import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { mayTouch, rankedRoles } from "../../../state/ranks";
import { upkeepOf } from "../../../state/upkeep";
import { useAttempt, useParley, useWorld } from "../../parley";
import type { SectionProps } from "../GroupSettings";
import { RoleEditor } from "./RoleEditor";
import { RoleOrder, RoleRow } from "./RoleOrder";

/** The roles of a group by rank, or one of them. */
export function RolesSection({ groupId, item }: SectionProps) {
  const role = useWorld((world) => world.groups[groupId]?.roles.find((each) => each.id === item));
  if (role) return <RoleEditor role={role} />;
  return <RoleList groupId={groupId} />;
}

function RoleList({ groupId }: { groupId: string }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const navigate = useNavigate();
  const state = useWorld((world) => world.groups[groupId]);
  if (!state) return null;
  const ranked = rankedRoles(state);
  const above = ranked.filter((each) => !mayTouch(state, each));
  const below = ranked.filter((each) => mayTouch(state, each));
  const everyone = state.roles.find((each) => each.id === groupId);
  const open = (roleId: string): void =>
    void navigate({
      to: "/g/$groupId/settings/$section/$item",
      params: { groupId, section: "roles", item: roleId },
    });
  const create = (): Promise<boolean> =>
    attempt(async () => {
      const role = await upkeepOf(parley).createRole(groupId, { name: t("roles.newName") });
      open(role.id);
    });
  const order = (ids: readonly string[]): void =>
    void attempt(() => upkeepOf(parley).orderRoles(groupId, [...above.map((each) => each.id), ...ids]));
  return (
    <>
      <div className="part-intro">
        <p className="soft">{t("roles.lead")}</p>
        <Button look="primary" onClick={() => void create()} data-testid="role-new">
          <Icon name="plus" size={18} />
          {t("roles.new")}
        </Button>
      </div>
      {above.length > 0 && (
        <section aria-labelledby="roles-above">
          <h2 id="roles-above">{t("roles.above")}</h2>
          <ul className="rows">
            {above.map((role) => (
              <li key={role.id} className="row-item fixed">
                <Icon name="lock" size={16} />
                <RoleRow role={role} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {below.length > 0 && (
        <section aria-labelledby="roles-below">
          <h2 id="roles-below">{t("roles.count", { count: below.length })}</h2>
          <RoleOrder roles={below} labelledBy="roles-below" onOpen={open} onOrder={order} />
        </section>
      )}
      {everyone && (
        <section>
          <ul className="rows">
            <li>
              <button
                type="button"
                className="row-item"
                onClick={() => open(everyone.id)}
                data-testid="role-everyone"
              >
                <Icon name="people" size={18} />
                <span className="grow">
                  <strong>{t("roles.everyone")}</strong>
                  <small>{t("roles.everyoneHint")}</small>
                </span>
                <Icon name="next" size={16} />
              </button>
            </li>
          </ul>
        </section>
      )}
    </>
  );
}
