import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Dialog } from "../../components/overlays";
import { ReasonField } from "../dialogs/ReasonField";
import { useDeed } from "../useDeed";

interface Props {
  dirty: boolean;
  /** False while what was typed cannot be saved. */
  valid?: boolean;
  onReset: () => void;
  onSave: (reason: string | undefined) => Promise<void>;
}

/** Below a form: what was changed waits to be saved, and is not lost by leaving unawares. */
export function SaveBar(props: Props) {
  return props.dirty ? <OpenBar {...props} /> : null;
}

function OpenBar({ valid = true, onReset, onSave }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const { busy, problem, run } = useDeed({ again: true });
  const leaving = useBlocker({ shouldBlockFn: () => !busy, withResolver: true, enableBeforeUnload: true });
  const save = async (): Promise<void> => {
    if (await run(() => onSave(reason.trim() || undefined))) onReset();
  };
  return (
    <section className="save-bar" aria-label={t("save.title")}>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <ReasonField value={reason} onChange={setReason} bare />
      <div className="save-bar-row">
        <span className="grow">{t("save.title")}</span>
        <Button look="quiet" onClick={onReset} disabled={busy}>
          {t("save.discard")}
        </Button>
        <Button
          look="primary"
          busy={busy}
          disabled={!valid}
          onClick={() => void save()}
          data-testid="save-changes"
        >
          {t("action.save")}
        </Button>
      </div>
      {leaving.status === "blocked" && (
        <Dialog title={t("save.leaveTitle")} closeLabel={t("action.close")} onClose={leaving.reset} alert>
          <p>{t("save.leaveText")}</p>
          <div className="dialog-foot">
            <Button look="quiet" onClick={leaving.reset} autoFocus>
              {t("save.stay")}
            </Button>
            <Button look="danger" onClick={leaving.proceed}>
              {t("save.leave")}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
