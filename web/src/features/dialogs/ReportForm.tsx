import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import type { Id } from "../../gateway/protocol";
import { toast } from "../../state/ui";
import { useAccount, useErrorText, useParley, useWorld } from "../parley";

/** Asks those who look after a place to look at a message. */
export function ReportForm({
  channelId,
  messageId,
  onClose,
}: {
  channelId: Id;
  messageId: Id;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const parley = useParley();
  const say = useErrorText();
  const inGroup = useWorld((world) => channelId in world.channels);
  const max = useAccount((account) => account.server?.limits.reason_max ?? 512);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await parley.api.report(channelId, messageId, reason.trim());
      toast(t("report.done"));
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p className="soft">{t(inGroup ? "report.lead" : "report.leadOutside")}</p>
      <div className="field">
        <label htmlFor={id}>{t("report.reason")}</label>
        <textarea
          id={id}
          className="input area"
          rows={4}
          value={reason}
          maxLength={max}
          // biome-ignore lint/a11y/noAutofocus: one opened it to say why
          autoFocus
          onChange={(event) => setReason(event.target.value)}
          data-testid="report-reason"
        />
      </div>
      {failure !== null && <Notice tone="bad">{say(failure)}</Notice>}
      <div className="dialog-foot">
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button
          type="submit"
          look="danger"
          busy={busy}
          disabled={reason.trim() === ""}
          data-testid="report-send"
        >
          {t("report.send")}
        </Button>
      </div>
    </form>
  );
}
