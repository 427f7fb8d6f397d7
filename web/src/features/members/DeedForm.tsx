import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { ReasonField } from "../dialogs/ReasonField";
import { useErrorText } from "../parley";

interface Props {
  action: string;
  valid?: boolean;
  /** Whether one can say why. */
  reasoned: boolean;
  work: (reason?: string) => Promise<void>;
  onClose: () => void;
  /** Beside the buttons. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A form that does one thing, says what went wrong, and closes when it is done. */
export function DeedForm({ action, valid = true, reasoned, work, onClose, aside, children }: Props) {
  const { t } = useTranslation();
  const say = useErrorText();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await work(reason.trim() || undefined);
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {children}
      {reasoned && <ReasonField value={reason} onChange={setReason} />}
      {failure !== null && <Notice tone="bad">{say(failure)}</Notice>}
      <div className="dialog-foot">
        {aside}
        <span className="grow" />
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button type="submit" look="primary" busy={busy} disabled={!valid} data-testid="deed">
          {action}
        </Button>
      </div>
    </form>
  );
}
