import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";

interface Props {
  action: string;
  busy?: boolean;
  valid?: boolean;
  look?: "primary" | "danger";
  testId: string;
  onClose: () => void;
  /** Beside the buttons. */
  aside?: ReactNode;
}

/** Below the form of a dialog: leave it, or do it. */
export function DialogFoot({
  action,
  busy = false,
  valid = true,
  look = "primary",
  testId,
  onClose,
  aside,
}: Props) {
  const { t } = useTranslation();
  return (
    <div className="dialog-foot">
      {aside !== undefined && (
        <>
          {aside}
          <span className="grow" />
        </>
      )}
      <Button look="quiet" onClick={onClose}>
        {t("action.cancel")}
      </Button>
      <Button type="submit" look={look} busy={busy} disabled={!valid} data-testid={testId}>
        {action}
      </Button>
    </div>
  );
}
