import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import type { FactorKind, FactorTicket, ShownFactor } from "../../gateway/factors";
import { asRequestError } from "../../lib/errors";
import { answerByPasskey, passkeysPossible, wasCalledOff } from "../../lib/passkeys";
import { CodeField } from "../factors/CodeField";
import { useErrorText, useParley } from "../parley";

interface Props {
  ticket: FactorTicket;
  /** Back to the password, with why. */
  onEnd: (why: unknown) => void;
}

/** After the password: a code of the app, a passkey, or a recovery code. */
export default function SecondStep({ ticket, onEnd }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const kinds = ticket.kinds.filter((kind) => kind !== "passkey" || passkeysPossible());
  const [kind, setKind] = useState<FactorKind>(kinds[0] ?? "recovery");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const show = async (find: () => Promise<ShownFactor>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await parley.logInByFactor(ticket.ticket, await find());
    } catch (error) {
      if (asRequestError(error).code === "ticket_expired") return onEnd(error);
      setBusy(false);
      if (!wasCalledOff(error)) setFailure(error);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (kind === "passkey")
      void show(async () => ({
        passkey: await answerByPasskey(await parley.auth.factorQuestion(ticket.ticket)),
      }));
    else void show(async () => (kind === "totp" ? { code } : { recovery_code: code }));
  };
  const turnTo = (other: FactorKind): void => {
    setKind(other);
    setCode("");
    setFailure(null);
  };
  const problem = failure === null ? null : say(failure);
  return (
    <form className="auth-form" onSubmit={submit} noValidate data-testid="second-step">
      <p className="soft">{t(`factor.lead.${kind}`)}</p>
      {kind === "passkey" ? (
        problem !== null && <Notice tone="bad">{problem}</Notice>
      ) : (
        <CodeField kind={kind} value={code} onChange={setCode} problem={problem} />
      )}
      <Button
        type="submit"
        look="primary"
        wide
        busy={busy}
        disabled={kind !== "passkey" && code.trim() === ""}
        data-testid="factor-submit"
      >
        {t(kind === "passkey" ? "factor.usePasskey" : "auth.logIn")}
      </Button>
      {kinds
        .filter((other) => other !== kind)
        .map((other) => (
          <Button key={other} look="quiet" wide onClick={() => turnTo(other)} data-testid={`factor-${other}`}>
            {t(`factor.use.${other}`)}
          </Button>
        ))}
      <Button look="quiet" wide onClick={() => onEnd(null)}>
        {t("factor.otherAccount")}
      </Button>
    </form>
  );
}
