/** Texts: English is here from the start, other languages come when they are chosen. */

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { settings } from "../state/settings";
import { firstTexts, LANGUAGES, type Language, loadTexts } from "../texts/load";

function wanted(): Language {
  const chosen = settings.getState().language;
  if (chosen !== "system") return chosen;
  const system = navigator.language.split("-")[0];
  return LANGUAGES.find((each) => each === system) ?? "en";
}

async function use(language: Language): Promise<void> {
  await loadTexts(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    keySeparator: false,
    nsSeparator: false,
    resources: firstTexts,
    // React escapes by itself.
    interpolation: { escapeValue: false },
  });
  await use(wanted()).catch(() => undefined);
  settings.subscribe((now, before) => {
    if (now.language !== before.language) use(wanted()).catch(() => undefined);
  });
}
