import { useTranslation } from "react-i18next";
import { Choices, Switch } from "../../components/Field";
import { settings } from "../../state/settings";
import { useSettings } from "../parley";

/** Colours and language, in this browser. */
export default function Look() {
  const { t } = useTranslation();
  const all = useSettings((state) => state);
  return (
    <section>
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
      <Switch
        label={t("settings.previews")}
        hint={t("settings.previewsHint")}
        checked={all.previews}
        onChange={(previews) => settings.setState({ previews })}
        testId="previews"
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
  );
}
