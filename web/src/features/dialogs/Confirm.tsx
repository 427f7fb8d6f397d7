import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { useErrorText } from "../parley";
import { ReasonField } from "./ReasonField";

interface Props {
  text: ReactNode;
  action: string;
  /** Whether one can say why, for the audit log. */
  reasoned?: boolean;
  work: (reason?: string) => Promise<void>;
  onClose: () => void;
  children?: ReactNode;
}

export function Confirm({ text, action, reasoned = false, work, onClose, children }: Props) {
  const { t } = useTranslation();
  const say = useErrorText();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const confirm = async (): Promise<void> => {
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
    <>
      <p>{text}</p>
      {children}
      {reasoned && <ReasonField value={reason} onChange={setReason} />}
      {failure !== null && <Notice tone="bad">{say(failure)}</Notice>}
      <div className="dialog-foot">
        <Button look="quiet" onClick={onClose} autoFocus>
          {t("action.cancel")}
        </Button>
        <Button look="danger" busy={busy} onClick={() => void confirm()} data-testid="confirm">
          {action}
        </Button>
      </div>
    </>
  );
}
