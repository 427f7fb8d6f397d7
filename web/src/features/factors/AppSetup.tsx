import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import type { AppSecret } from "../../gateway/factors";
import { withProof } from "../../state/proof";
import { useParley } from "../parley";
import { useDeed } from "../useDeed";
import { CodeField } from "./CodeField";

interface Props {
  secret: AppSecret;
  /** Undefined: it was called off. Null: it counts, and the recovery codes stay. */
  onEnd: (codes?: readonly string[] | null) => void;
}

/** Scan or type the secret, then show the first code. */
export function AppSetup({ secret, onEnd }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const [code, setCode] = useState("");
  const { busy, problem, run } = useDeed();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void run(async () => {
      const { recovery_codes } = await withProof(() => parley.factors.confirmApp(code));
      onEnd(recovery_codes);
    });
  };
  return (
    <form className="app-setup" onSubmit={submit}>
      <img
        className="app-qr"
        src={`data:image/svg+xml,${encodeURIComponent(secret.qr_svg)}`}
        alt={t("factor.qr")}
        width={200}
        height={200}
      />
      <div className="app-steps">
        <p>{t("factor.scan")}</p>
        <p className="soft">
          {t("factor.typeIn")}{" "}
          <code className="app-secret" data-testid="app-secret">
            {secret.secret.match(/.{1,4}/g)?.join(" ")}
          </code>
        </p>
        <CodeField kind="totp" value={code} onChange={setCode} problem={problem} focus={false} />
        <div className="factor-buttons">
          <Button
            type="submit"
            look="primary"
            busy={busy}
            disabled={code.trim() === ""}
            data-testid="app-confirm"
          >
            {t("factor.confirm")}
          </Button>
          <Button look="quiet" onClick={() => onEnd()}>
            {t("action.cancel")}
          </Button>
        </div>
      </div>
    </form>
  );
}
