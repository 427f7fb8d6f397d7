import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field, Switch } from "../../components/Field";
import { withProof } from "../../state/proof";
import { toast } from "../../state/ui";
import { useAccount } from "../parley";
import { useDeed } from "../useDeed";
import { PasswordStrength } from "./PasswordStrength";
import { useAccountApi } from "./useAccountApi";

/** A new password. */
export function PasswordForm() {
  const { t } = useTranslation();
  const api = useAccountApi();
  const min = useAccount((account) => account.server?.limits.password_min ?? 8);
  const username = useAccount((account) => account.me?.username ?? "");
  const [password, setPassword] = useState("");
  const [endOthers, setEndOthers] = useState(true);
  const { busy, problem, run } = useDeed({ again: true });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!(await run(() => withProof(() => api.changePassword(password, endOthers))))) return;
    setPassword("");
    toast(t("security.passwordChanged"));
  };
  return (
    <section aria-labelledby="security-password">
      <h2 id="security-password">{t("security.password")}</h2>
      <form className="account-form" onSubmit={(event) => void submit(event)}>
        {/* For password managers, which look for the name beside the password. */}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <Field
          label={t("security.newPassword")}
          hint={t("auth.passwordHint", { min })}
          problem={problem}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          data-testid="new-password"
        />
        <PasswordStrength password={password} username={username} />
        <Switch label={t("security.endOthersToo")} checked={endOthers} onChange={setEndOthers} />
        <Button type="submit" busy={busy} disabled={password === ""} data-testid="password-save">
          {t("security.changePassword")}
        </Button>
      </form>
    </section>
  );
}
