import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { withProof } from "../../state/proof";
import { Ask } from "../dialogs/Ask";
import { useParley } from "../parley";

interface Props {
  left: number;
  onChange: (codes: readonly string[] | null) => void;
}

const FEW = 3;

/** How many recovery codes are left, and new ones. */
export function CodesPart({ left, onChange }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const [asking, setAsking] = useState(false);
  return (
    <section aria-labelledby="factor-codes">
      <h3 id="factor-codes">{t("factor.codes")}</h3>
      <div className="factor-line">
        <p className={left <= FEW ? "problem" : "soft"} data-testid="codes-left">
          {t("factor.codesLeft", { count: left })}
        </p>
        <Button onClick={() => setAsking(true)} data-testid="codes-renew">
          {t("factor.newCodes")}
        </Button>
      </div>
      {asking && (
        <Ask
          title={t("factor.newCodes")}
          text={t("factor.newCodesText")}
          action={t("factor.newCodes")}
          onClose={() => setAsking(false)}
          work={async () => onChange((await withProof(() => parley.factors.renewCodes())).recovery_codes)}
        />
      )}
    </section>
  );
}
