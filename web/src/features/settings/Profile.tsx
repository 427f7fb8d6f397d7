import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { toast } from "../../state/ui";
import { useAccount, useAttempt, useParley } from "../parley";
import { useProfile } from "../people/useProfile";
import { AboutForm } from "./AboutForm";
import { Pictures } from "./Pictures";

/** How others see one. */
export default function Profile() {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const me = useAccount((account) => account.me);
  const max = useAccount((account) => account.server?.limits.display_name_max ?? 48);
  const [name, setName] = useState(me?.display_name ?? "");
  const [profile, setProfile] = useProfile(me?.id ?? "");
  const [busy, setBusy] = useState(false);
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const saved = await attempt(async () =>
      parley.changedMe(await parley.api.updateMe({ display_name: name.trim() })),
    );
    if (saved) toast(t("settings.saved"));
    setBusy(false);
  };
  return (
    <section>
      {me && profile && <Pictures me={me} profile={profile} onProfile={setProfile} />}
      <form className="by-name" onSubmit={(event) => void save(event)}>
        <Field
          label={t("settings.displayName")}
          hint={t("settings.displayNameHint", { username: me?.username ?? "" })}
          value={name}
          maxLength={max}
          autoComplete="nickname"
          onChange={(event) => setName(event.target.value)}
          data-testid="display-name"
        />
        <Button type="submit" busy={busy} disabled={name.trim() === "" || name === me?.display_name}>
          {t("action.save")}
        </Button>
      </form>
      {profile && <AboutForm profile={profile} onProfile={setProfile} />}
    </section>
  );
}
