import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "../../gateway/protocol";
import { toast } from "../../state/ui";
import { useAccount, useParley, useWorld } from "../parley";
import { DeedForm } from "./DeedForm";

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
  const inGroup = useWorld((world) => channelId in world.channels);
  const max = useAccount((account) => account.server?.limits.reason_max ?? 512);
  const [reason, setReason] = useState("");
  const work = async (): Promise<void> => {
    await parley.api.report(channelId, messageId, reason.trim());
    toast(t("report.done"));
  };
  return (
    <DeedForm
      action={t("report.send")}
      look="danger"
      testId="report-send"
      valid={reason.trim() !== ""}
      work={work}
      onClose={onClose}
    >
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
    </DeedForm>
  );
}
