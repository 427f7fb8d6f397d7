import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button, Notice } from "../../components/Button";
import type { Id } from "../../gateway/protocol";
import { may, permissionsOf } from "../../state/permissions";
import { useErrorText, useGroups, useParley } from "../parley";

const WEEK_S = 7 * 86_400;

/** Sends an invitation to a group of one's own choice, good for a week. */
export function ShareInvite({ channelId, onClose }: { channelId: Id; onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const groups = useGroups().filter((state) => may(permissionsOf(state, null, Date.now()), "create_invite"));
  const [chosen, setChosen] = useState<Id | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const send = async (): Promise<void> => {
    if (chosen === null) return;
    setBusy(true);
    setFailure(null);
    try {
      const { code } = await parley.api.createInvite(chosen, { expires_in_s: WEEK_S });
      parley.outbox.send(channelId, [{ kind: "invite", code }]);
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
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
      {failure !== null && <Notice tone="bad">{say(failure)}</Notice>}
      <div className="dialog-foot">
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button type="submit" look="primary" busy={busy} disabled={chosen === null} data-testid="invite-send">
          {t("composer.send")}
        </Button>
      </div>
    </form>
  );
}
