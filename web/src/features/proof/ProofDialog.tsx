import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../components/Field";
import { Dialog } from "../../components/overlays";
import { DialogFoot } from "../dialogs/DialogFoot";
import { useAccount, useParley } from "../parley";
import { useDeed } from "../useDeed";

/** Asks for the password before something sensitive is changed. */
export default function ProofDialog({ onEnd }: { onEnd: (shown: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("proof.title")} closeLabel={t("action.close")} onClose={() => onEnd(false)}>
      <PasswordProof onEnd={onEnd} />
    </Dialog>
  );
}

function PasswordProof({ onEnd }: { onEnd: (shown: boolean) => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const username = useAccount((account) => account.me?.username ?? "");
  const [password, setPassword] = useState("");
  const { busy, problem, run } = useDeed();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const done = await run(async () => {
      await parley.api.prove(password);
    });
    if (done) onEnd(true);
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p className="soft">{t("proof.lead")}</p>
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
        problem={problem}
        data-testid="proof-password"
      />
      <DialogFoot
        action={t("proof.action")}
        busy={busy}
        valid={password !== ""}
        testId="proof-submit"
        onClose={() => onEnd(false)}
      />
    </form>
  );
}
