import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { useAccount, useErrorText, useParley } from "../parley";

/** Makes a group. */
export function GroupForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const navigate = useNavigate();
  const max = useAccount((account) => account.server?.limits.group_name_max ?? 100);
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      const view = await parley.api.createGroup(name.trim());
      parley.entered(view);
      const groupId = view.group.id;
      const text = view.channels.find((each) => each.kind === "text");
      if (text) await navigate({ to: "/g/$groupId/c/$channelId", params: { groupId, channelId: text.id } });
      else await navigate({ to: "/g/$groupId", params: { groupId } });
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p className="soft">{t("group.newLead")}</p>
      <Field
        label={t("group.name")}
        placeholder={t("group.namePlaceholder")}
        value={name}
        maxLength={max}
        autoFocus
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        problem={failure === null ? null : say(failure)}
        data-testid="group-name"
      />
      <div className="dialog-foot">
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button
          type="submit"
          look="primary"
          busy={busy}
          disabled={name.trim() === ""}
          data-testid="group-create"
        >
          {t("group.create")}
        </Button>
      </div>
    </form>
  );
}
