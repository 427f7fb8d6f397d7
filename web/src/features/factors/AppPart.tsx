import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import type { AppSecret } from "../../gateway/factors";
import { withProof } from "../../state/proof";
import { toast } from "../../state/ui";
import { Ask } from "../dialogs/Ask";
import { dateAndTime } from "../messages/times";
import { useAttempt, useParley } from "../parley";
import { AppSetup } from "./AppSetup";

interface Props {
  sinceMs: number | null;
  onChange: (codes?: readonly string[] | null) => void;
}

/** The authenticator app: set it up, or turn it off. */
export function AppPart({ sinceMs, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const [secret, setSecret] = useState<AppSecret | null>(null);
  const [asking, setAsking] = useState(false);
  const begin = (): void =>
    void attempt(async () => setSecret(await withProof(() => parley.factors.beginApp())));
  return (
    <section aria-labelledby="factor-app">
      <h3 id="factor-app">{t("factor.app")}</h3>
      <div className="factor-line">
        <p className="soft">
          {sinceMs === null
            ? t("factor.appLead")
            : t("factor.appSince", { when: dateAndTime(sinceMs, i18n.language) })}
        </p>
        {sinceMs === null ? (
          secret === null && (
            <Button look="primary" onClick={begin} data-testid="app-begin">
              {t("factor.setUp")}
            </Button>
          )
        ) : (
          <Button onClick={() => setAsking(true)} data-testid="app-remove">
            {t("factor.turnOff")}
          </Button>
        )}
      </div>
      {secret !== null && (
        <AppSetup
          secret={secret}
          onEnd={(codes) => {
            setSecret(null);
            if (codes !== undefined) onChange(codes);
          }}
        />
      )}
      {asking && (
        <Ask
          title={t("factor.turnOffTitle")}
          text={t("factor.turnOffText")}
          action={t("factor.turnOff")}
          onClose={() => setAsking(false)}
          work={async () => {
            await withProof(() => parley.factors.removeApp());
            toast(t("factor.turnedOff"));
            onChange();
          }}
        />
      )}
    </section>
  );
}
