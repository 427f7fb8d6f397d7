import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../../components/Button";
import { Field, Switch } from "../../../components/Field";
import { Icon } from "../../../components/Icon";
import type { Role } from "../../../gateway/protocol";
import { mayTouch, ownBits } from "../../../state/ranks";
import { upkeepOf } from "../../../state/upkeep";
import { Ask } from "../../dialogs/Ask";
import { useAccount, useParley, useWorld } from "../../parley";
import { SaveBar } from "../SaveBar";
import { useDraft } from "../useDraft";
import { ColourField } from "./ColourField";
import { PermissionSwitches } from "./PermissionSwitches";
import { RoleMembers } from "./RoleMembers";

/** One role: how it looks, what it may do, who has it. */
export function RoleEditor({ role }: { role: Role }) {
  const { t } = useTranslation();
  const parley = useParley();
  const state = useWorld((world) => world.groups[role.group_id]);
  const nameMax = useAccount((account) => account.server?.limits.role_name_max ?? 100);
  const everyone = role.id === role.group_id;
  const { name, colour, hoisted, mentionable, permissions } = role;
  const { value, changes, dirty, set, reset } = useDraft({ name, colour, hoisted, mentionable, permissions });
  if (!state) return null;
  const touchable = mayTouch(state, role);
  const save = (reason: string | undefined): Promise<void> => {
    const change = { ...changes, ...(changes.name === undefined ? {} : { name: changes.name.trim() }) };
    return upkeepOf(parley).updateRole(role.group_id, role.id, change, reason);
  };
  const rights = (
    <PermissionSwitches
      bits={value.permissions}
      own={touchable ? ownBits(state, Date.now()) : 0}
      locked={!touchable}
      onChange={(bits) => set({ permissions: bits })}
    />
  );
  return (
    <>
      <div className="item-head">
        <Link
          to="/g/$groupId/settings/$section"
          params={{ groupId: role.group_id, section: "roles" }}
          className="icon-button"
          aria-label={t("roles.back")}
          data-testid="roles-back"
        >
          <Icon name="back" />
        </Link>
        <h2>{everyone ? t("roles.everyone") : value.name || t("roles.newName")}</h2>
      </div>
      {!touchable && <Notice icon="lock">{t("roles.aboveYou")}</Notice>}
      {everyone ? (
        rights
      ) : (
        <Tabs className="tabs">
          <TabList className="choices" aria-label={t("roles.parts")}>
            <Tab id="look">{t("roles.look")}</Tab>
            <Tab id="rights" data-testid="role-rights">
              {t("roles.rights")}
            </Tab>
            <Tab id="members" data-testid="role-members">
              {t("roles.members")}
            </Tab>
          </TabList>
          <TabPanel id="look" className="tab-panel">
            <fieldset className="form" disabled={!touchable}>
              <Field
                label={t("roles.name")}
                value={value.name}
                maxLength={nameMax}
                autoComplete="off"
                onChange={(event) => set({ name: event.target.value })}
                data-testid="role-name"
              />
              <ColourField value={value.colour} onChange={(next) => set({ colour: next })} />
              <Switch
                label={t("roles.hoisted")}
                hint={t("roles.hoistedHint")}
                checked={value.hoisted}
                onChange={(on) => set({ hoisted: on })}
              />
              <Switch
                label={t("roles.mentionable")}
                hint={t("roles.mentionableHint")}
                checked={value.mentionable}
                onChange={(on) => set({ mentionable: on })}
              />
            </fieldset>
            {touchable && <Delete role={role} />}
          </TabPanel>
          <TabPanel id="rights" className="tab-panel">
            {rights}
          </TabPanel>
          <TabPanel id="members" className="tab-panel">
            <RoleMembers role={role} />
          </TabPanel>
        </Tabs>
      )}
      <SaveBar dirty={dirty} valid={value.name.trim() !== ""} onReset={reset} onSave={save} />
    </>
  );
}

function Delete({ role }: { role: Role }) {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  return (
    <section className="form settings-danger">
      <Button className="danger-text" onClick={() => setAsking(true)} data-testid="role-delete">
        {t("roles.delete")}
      </Button>
      {asking && (
        <Ask
          title={t("roles.deleteTitle")}
          text={t("roles.deleteText", { name: role.name })}
          action={t("roles.delete")}
          reasoned
          work={async (reason) => {
            await upkeepOf(parley).deleteRole(role.group_id, role.id, reason);
            await navigate({
              to: "/g/$groupId/settings/$section",
              params: { groupId: role.group_id, section: "roles" },
            });
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
