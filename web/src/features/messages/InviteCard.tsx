import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import type { InvitePreview } from "../../gateway/protocol";
import { useGo } from "../navigation";
import { useAttempt, useParley, useWorld } from "../parley";
import { useRemembered } from "./useRemembered";
import "./messages.css";

const known = new Map<string, Promise<InvitePreview | null>>();

/** An invitation to a group, with a button to come in. */
export function InviteCard({ code }: { code: string }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const go = useGo();
  const [busy, setBusy] = useState(false);
  const { value: preview, failed, again } = useRemembered(known, code, () => parley.api.invitePreview(code));
  const member = useWorld((world) => (preview ? preview.group.id in world.groups : false));
  if (failed)
    return (
      <div className="card invite-card" data-testid="invite-card">
        <p className="grow soft">{t("invite.failedTitle")}</p>
        <Button onClick={again}>{t("action.retry")}</Button>
      </div>
    );
  if (preview === undefined) return <div className="card bone" aria-busy="true" />;
  if (preview === null)
    return (
      <div className="card" data-testid="invite-card">
        <p className="soft">{t("invite.goneTitle")}</p>
      </div>
    );
  const { group, member_count } = preview;
  const join = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => {
      const { view, channel_id } = await parley.api.acceptInvite(code);
      parley.entered(view);
      const target = channel_id ?? view.channels.find((each) => each.kind === "text")?.id;
      if (target !== undefined) await go({ id: target, groupId: view.group.id });
    });
    setBusy(false);
  };
  return (
    <div className="card invite-card" data-testid="invite-card">
      <Avatar id={group.id} name={group.name} size={36} />
      <div className="grow">
        <strong>{group.name}</strong>
        <small>{t("invite.members", { count: member_count })}</small>
      </div>
      <Button
        look={member ? "usual" : "primary"}
        busy={busy}
        onClick={() => void join()}
        data-testid="invite-join"
      >
        {t(member ? "invite.openShort" : "invite.joinShort")}
      </Button>
    </div>
  );
}
