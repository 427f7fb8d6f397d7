import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { useParley } from "../parley";
import { useDeed } from "../useDeed";

/** Somebody with an account, who decides. */
export function ByName({ groupId, onChange }: { groupId: string; onChange: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const [username, setUsername] = useState("");
  const { busy, problem, run } = useDeed({ again: true });
  const [asked, setAsked] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const name = username.trim().replace(/^@/, "").toLowerCase();
    setAsked(null);
    await run(async () => {
      await parley.api.addByName(groupId, name);
      setAsked(name);
      setUsername("");
      onChange();
    });
    // The button is disabled now and would keep the focus, and every key with it.
    field.current?.focus();
  };
  return (
    <form className="by-name" onSubmit={(event) => void submit(event)}>
      <Field
        ref={field}
        label={t("invite.byName")}
        placeholder={t("auth.username")}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        problem={problem}
        hint={asked === null ? t("invite.byNameHint") : t("invite.asked", { name: asked })}
        data-testid="add-username"
      />
      <Button type="submit" busy={busy} disabled={username.trim() === ""} data-testid="add-submit">
        {t("invite.ask")}
      </Button>
    </form>
  );
}
