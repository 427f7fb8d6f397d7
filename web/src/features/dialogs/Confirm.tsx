import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { useErrorText } from "../parley";

interface Props {
  text: string;
  action: string;
  work: () => Promise<void>;
  onClose: () => void;
}

export function Confirm({ text, action, work, onClose }: Props) {
  const { t } = useTranslation();
  const say = useErrorText();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <>
      <p>{text}</p>
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
