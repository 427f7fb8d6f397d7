import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import type { Id } from "../../gateway/protocol";
import { useParley } from "../parley";
import { useDeed } from "../useDeed";

interface Props {
  groupId: Id;
  /** Where they come in. */
  channelId: Id | null;
  onChange: () => void;
}

/** Somebody without an account: they are sent a link of their own. */
export function ByEmail({ groupId, channelId, onChange }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const [email, setEmail] = useState("");
  const { busy, problem, run } = useDeed({ again: true });
  const [sent, setSent] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSent(null);
    await run(async () => {
      await parley.api.mailInvite(groupId, email.trim(), channelId ?? undefined);
      setSent(email.trim());
      setEmail("");
      onChange();
    });
    field.current?.focus();
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
