import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/Button";
import type { MyFactors } from "../../gateway/factors";
import { useErrorText, useParley } from "../parley";
import { AppPart } from "./AppPart";
import { CodesPart } from "./CodesPart";
import { PasskeysPart } from "./PasskeysPart";
import { RecoveryCodeList } from "./RecoveryCodeList";
import "./factors.css";

/** What one shows besides the password. */
export default function FactorsSection() {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const [mine, setMine] = useState<MyFactors | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);

  const look = useCallback(async () => {
    try {
      setMine(await parley.factors.mine());
      setFailure(null);
    } catch (error) {
      setFailure(error);
    }
  }, [parley]);
  useEffect(() => void look(), [look]);

  const changed = (fresh: readonly string[] | null = null): void => {
    if (fresh !== null) setCodes(fresh);
    void look();
  };
  if (failure !== null && mine === null) return <Notice tone="bad">{say(failure)}</Notice>;
  if (mine === null) return <div className="settings-loading" aria-busy="true" />;
  const active = mine.app_since_ms !== null || mine.passkeys.length > 0;
  return (
    <>
      <p className="soft">{t(active ? "factor.on" : "factor.off")}</p>
      {codes !== null && <RecoveryCodeList codes={codes} onDone={() => setCodes(null)} />}
      <AppPart sinceMs={mine.app_since_ms} onChange={changed} />
      <PasskeysPart passkeys={mine.passkeys} onChange={changed} />
      {active && <CodesPart left={mine.recovery_codes_left} onChange={changed} />}
    </>
  );
}
