import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import type { Id } from "../../gateway/protocol";
import { may, permissionsOf } from "../../state/permissions";
import { useGroups, useParley } from "../parley";
import { DeedForm } from "./DeedForm";

const WEEK_S = 7 * 86_400;

/** Sends an invitation to a group of one's own choice, good for a week. */
export function ShareInvite({ channelId, onClose }: { channelId: Id; onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const groups = useGroups().filter((state) => may(permissionsOf(state, null, Date.now()), "create_invite"));
  const [chosen, setChosen] = useState<Id | null>(null);
  const work = async (): Promise<void> => {
    if (chosen === null) return;
    const { code } = await parley.api.createInvite(chosen, { expires_in_s: WEEK_S });
    parley.outbox.send(channelId, [{ kind: "invite", code }]);
  };
  return (
    <DeedForm
      action={t("composer.send")}
      testId="invite-send"
      valid={chosen !== null}
      work={work}
      onClose={onClose}
    >
      {groups.length === 0 && <p className="soft">{t("share.noGroups")}</p>}
      <div className="picker-list radios" role="radiogroup" aria-label={t("share.invite")}>
        {groups.map(({ group }) => (
          <label key={group.id} className="picker-item" data-testid={`share-${group.name}`}>
            <input
              type="radio"
              name="group"
              checked={chosen === group.id}
              onChange={() => setChosen(group.id)}
            />
            <Avatar id={group.id} name={group.name} size={32} />
            <strong className="grow">{group.name}</strong>
          </label>
        ))}
      </div>
    </DeedForm>
  );
}
