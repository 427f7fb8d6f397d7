import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Choices, Field, Switch } from "../../components/Field";
import { settings } from "../../state/settings";
import { toast } from "../../state/ui";
import { useAccount, useAttempt, useParley, useSettings } from "../parley";
import { Contact } from "./Contact";
import { VoiceSettings } from "./VoiceSettings";
import "./settings.css";

export default function Settings({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const all = useSettings((state) => state);
  return (
    <div className="settings">
      <Profile />
      <Contact />
      <section aria-labelledby="settings-look">
        <h3 id="settings-look">{t("settings.look")}</h3>
        <Choices
          label={t("settings.theme")}
          value={all.theme}
          onChange={(theme) => settings.setState({ theme })}
          options={[
            { value: "system", label: t("settings.system") },
            { value: "light", label: t("settings.light") },
            { value: "dark", label: t("settings.dark") },
          ]}
        />
        <Switch
          label={t("settings.contrast")}
          checked={all.contrast === "more"}
          onChange={(on) => settings.setState({ contrast: on ? "more" : "system" })}
        />
        <Choices
          label={t("settings.language")}
          value={all.language}
          onChange={(language) => settings.setState({ language })}
          options={[
            { value: "system", label: t("settings.system") },
            { value: "en", label: "English" },
            { value: "de", label: "Deutsch" },
          ]}
        />
      </section>
      <VoiceSettings />
      <section className="settings-end">
        <Button
          onClick={() => {
            onClose();
            void parley.logOut();
          }}
          data-testid="log-out"
        >
          {t("settings.logOut")}
        </Button>
      </section>
    </div>
  );
}

function Profile() {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const me = useAccount((account) => account.me);
  const max = useAccount((account) => account.server?.limits.display_name_max ?? 48);
  const [name, setName] = useState(me?.display_name ?? "");
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
    <section aria-labelledby="settings-me">
      <h3 id="settings-me">{t("settings.me")}</h3>
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
    </section>
  );
}
