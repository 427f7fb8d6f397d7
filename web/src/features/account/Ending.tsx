import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { dateAndTime } from "../messages/times";
import { useAccount, useAttempt, useParley } from "../parley";
import { useAccountApi } from "./useAccountApi";

/** The end was asked for, and can be called off. */
export default function Ending() {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const api = useAccountApi();
  const attempt = useAttempt();
  const afterMs = useAccount((account) => account.me?.delete_after_ms ?? null);
  const [busy, setBusy] = useState(false);
  if (afterMs === null) return null;
  const keep = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => parley.changedMe(await api.keepAccount()));
    setBusy(false);
  };
  return (
    <Notice tone="bad">
      {t("data.ending", { time: dateAndTime(afterMs, i18n.language) })}{" "}
      <Button busy={busy} onClick={() => void keep()} data-testid="keep-account">
        {t("data.keep")}
      </Button>
    </Notice>
  );
}
