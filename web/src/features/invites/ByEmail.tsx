import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import type { Id } from "../../gateway/protocol";
import { useErrorText, useParley } from "../parley";

/** Somebody without an account: they are sent a link of their own. */
export function ByEmail({ groupId, onChange }: { groupId: Id; onChange: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const [email, setEmail] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [sent, setSent] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    setSent(null);
    try {
      await parley.api.mailInvite(groupId, email.trim());
      setSent(email.trim());
      setEmail("");
      onChange();
    } catch (error) {
      setProblem(say(error));
    } finally {
      setBusy(false);
      field.current?.focus();
    }
  };
  return (
    <form className="by-name" onSubmit={(event) => void submit(event)}>
      <Field
        ref={field}
        label={t("invite.byEmail")}
        placeholder={t("invite.emailPlaceholder")}
        type="email"
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        problem={problem}
        hint={sent === null ? t("invite.byEmailHint") : t("invite.mailed", { email: sent })}
        data-testid="invite-email"
      />
      <Button type="submit" busy={busy} disabled={!email.includes("@")} data-testid="invite-email-send">
        {t("invite.mail")}
      </Button>
    </form>
  );
}
