import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { useDeed } from "../useDeed";
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
  const [reason, setReason] = useState("");
  const { busy, problem, run } = useDeed();
  const confirm = async (): Promise<void> => {
    if (await run(() => work(reason.trim() || undefined))) onClose();
  };
  return (
    <>
      <p>{text}</p>
      {children}
      {reasoned && <ReasonField value={reason} onChange={setReason} />}
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
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
