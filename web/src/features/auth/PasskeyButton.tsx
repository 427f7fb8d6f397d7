import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { wasCalledOff } from "../../lib/passkeys";
import { useParley } from "../parley";

/** Signs in without a name and a password. */
export function PasskeyButton({ onFailure }: { onFailure: (error: unknown) => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const [busy, setBusy] = useState(false);
  const signIn = async (): Promise<void> => {
    setBusy(true);
    onFailure(null);
    try {
      await parley.logInByPasskey();
    } catch (error) {
      setBusy(false);
      if (!wasCalledOff(error)) onFailure(error);
    }
  };
  return (
    <Button wide busy={busy} onClick={() => void signIn()} data-testid="passkey-sign-in">
      {t("auth.byPasskey")}
    </Button>
  );
}
