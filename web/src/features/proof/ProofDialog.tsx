import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { Dialog } from "../../components/overlays";
import { answerByPasskey, passkeysPossible } from "../../lib/passkeys";
import { DialogFoot } from "../dialogs/DialogFoot";
import { CodeField } from "../factors/CodeField";
import { useAccount, useParley, useUi } from "../parley";
import { useDeed } from "../useDeed";

/** Asks for the password, and for a second factor where there is one, before something sensitive is changed. */
export default function ProofDialog({ onEnd }: { onEnd: (shown: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("proof.title")} closeLabel={t("action.close")} onClose={() => onEnd(false)}>
      <ProofForm onEnd={onEnd} />
    </Dialog>
  );
}

function ProofForm({ onEnd }: { onEnd: (shown: boolean) => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const username = useAccount((account) => account.me?.username ?? "");
  const kinds = useUi((state) => state.proofKinds);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState(!kinds.includes("totp"));
  const { busy, problem, run } = useDeed();
  const twofold = kinds.length > 0;
  const factor = recovery ? "recovery" : "totp";
  const prove = async (work: () => Promise<unknown>): Promise<void> => {
    const done = await run(async () => {
      await work();
    });
    if (done) onEnd(true);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const shown = recovery ? { recovery_code: code } : { code };
    void prove(() => parley.factors.prove(twofold ? { password, ...shown } : { password }));
  };
  const byPasskey = (): void =>
    void prove(async () => {
      const passkey = await answerByPasskey(await parley.factors.proofQuestion());
      await parley.factors.prove({ passkey });
    });
  return (
    <form className="form" onSubmit={submit}>
      <p className="soft">{t(twofold ? "proof.leadFactor" : "proof.lead")}</p>
      {kinds.includes("passkey") && passkeysPossible() && (
        <Button wide busy={busy} onClick={byPasskey} data-testid="proof-passkey">
          {t("factor.usePasskey")}
        </Button>
      )}
      {/* For password managers, which look for the name beside the password. */}
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <Field
        label={t("proof.password")}
        type="password"
        autoComplete="current-password"
        autoFocus
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        problem={twofold ? null : problem}
        data-testid="proof-password"
      />
      {twofold && <CodeField kind={factor} value={code} onChange={setCode} problem={problem} focus={false} />}
      {twofold && kinds.includes("totp") && kinds.includes("recovery") && (
        <Button look="quiet" onClick={() => setRecovery(!recovery)}>
          {t(recovery ? "factor.use.totp" : "factor.use.recovery")}
        </Button>
      )}
      <DialogFoot
        action={t("proof.action")}
        busy={busy}
        valid={password !== "" && (!twofold || code.trim() !== "")}
        testId="proof-submit"
        onClose={() => onEnd(false)}
      />
    </form>
  );
}
