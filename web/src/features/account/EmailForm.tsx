import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Field } from "../../components/Field";
import { withProof } from "../../state/proof";
import { toast } from "../../state/ui";
import { useAccount, useAttempt } from "../parley";
import { useDeed } from "../useDeed";
import { useAccountApi } from "./useAccountApi";
import { useLoaded } from "./useLoaded";

/** The mail address of the account: it counts once it is confirmed. */
export function EmailForm() {
  const { t } = useTranslation();
  const api = useAccountApi();
  const attempt = useAttempt();
  const required = useAccount((account) => account.server?.email === "required");
  const [load] = useState(() => () => api.email());
  const { value, problem: missing, reload, set } = useLoaded(load);
  const [typed, setTyped] = useState("");
  const { busy, problem, run } = useDeed({ again: true });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const done = await run(async () => set(await withProof(() => api.setEmail(typed.trim()))));
    if (done) setTyped("");
  };
  const resend = async (): Promise<void> => {
    if (await attempt(async () => set(await api.resendEmail()))) toast(t("email.sentAgain"));
  };
  const remove = (): Promise<boolean> =>
    attempt(async () => {
      await withProof(() => api.removeEmail());
      set({ email: null, pending: null });
    });
  return (
    <section aria-labelledby="account-email" aria-busy={value === null && missing === null}>
      <h2 id="account-email">{t("email.title")}</h2>
      <p className="soft">{t("email.lead")}</p>
      {missing !== null && (
        <Notice tone="bad">
          {missing} <Button onClick={reload}>{t("action.retry")}</Button>
        </Notice>
      )}
      {value?.pending != null && (
        <Notice icon="clock">
          <p data-testid="email-pending">{t("email.pending", { address: value.pending })}</p>
          <Button onClick={() => void resend()} data-testid="email-resend">
            {t("email.resend")}
          </Button>
        </Notice>
      )}
      {value !== null && (
        <form className="account-form" onSubmit={(event) => void submit(event)} noValidate>
          {value.email !== null && (
            <p data-testid="email-current">
              <strong>{value.email}</strong>
            </p>
          )}
          <Field
            label={t(value.email === null ? "email.address" : "email.newAddress")}
            problem={problem}
            type="email"
            autoComplete="email"
            maxLength={254}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            data-testid="email-address"
          />
          <div className="account-deeds">
            <Button type="submit" busy={busy} disabled={typed.trim() === ""} data-testid="email-save">
              {t("email.save")}
            </Button>
            {value.email !== null && !required && (
              <Button look="quiet" onClick={() => void remove()} data-testid="email-remove">
                {t("email.remove")}
              </Button>
            )}
          </div>
        </form>
      )}
    </section>
  );
}
