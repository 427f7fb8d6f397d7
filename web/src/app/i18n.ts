/** Texts: English is here from the start, other languages come when they are chosen. */

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { settings } from "../state/settings";
import { en } from "../texts/en";

const LANGUAGES = ["en", "de"] as const;
type Language = (typeof LANGUAGES)[number];

function wanted(): Language {
  const chosen = settings.getState().language;
  if (chosen !== "system") return chosen;
  const system = navigator.language.split("-")[0];
  return LANGUAGES.find((each) => each === system) ?? "en";
}

async function use(language: Language): Promise<void> {
  if (language === "de" && !i18next.hasResourceBundle("de", "translation")) {
    const { de } = await import("../texts/de");
    i18next.addResourceBundle("de", "translation", de);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    keySeparator: false,
    nsSeparator: false,
    resources: { en: { translation: en } },
    // React escapes by itself.
    interpolation: { escapeValue: false },
  });
  await use(wanted()).catch(() => undefined);
  settings.subscribe((now, before) => {
    if (now.language !== before.language) use(wanted()).catch(() => undefined);
  });
}
