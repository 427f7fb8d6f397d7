/** Texts come in two parts for each language: those of the first view, and those of parts that load later. */

import i18next from "i18next";
import { en } from "./en";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const SPACE = "translation";
const had = new Set<string>();
let wantLater = false;

export const firstTexts = { en: { [SPACE]: en } };

/** Have the texts of a language here, those of later parts too once one of them was shown. */
export async function loadTexts(language: Language): Promise<void> {
  const parts = [
    ...(language === "de" ? [part("de", async () => (await import("./de")).de)] : []),
    ...(wantLater ? [later(language)] : []),
  ];
  await Promise.all(parts);
}

/** For a part that loads later: its texts are here when this is done. */
export async function loadLaterTexts(): Promise<void> {
  wantLater = true;
  const current = LANGUAGES.find((each) => each === i18next.language) ?? "en";
  await Promise.all([later("en"), later(current)]);
}

async function later(language: Language): Promise<void> {
  const german = language === "de";
  await Promise.all([
    part(`${language}.later`, async () =>
      german ? (await import("./de.later")).deLater : (await import("./en.later")).enLater,
    ),
    part(`${language}.group`, async () =>
      german ? (await import("./de.group")).deGroup : (await import("./en.group")).enGroup,
    ),
    part(`${language}.account`, async () =>
      german ? (await import("./de.account")).deAccount : (await import("./en.account")).enAccount,
    ),
    part(`${language}.security`, async () =>
      german ? (await import("./de.security")).deSecurity : (await import("./en.security")).enSecurity,
    ),
    part(`${language}.admin`, async () =>
      german ? (await import("./de.admin")).deAdmin : (await import("./en.admin")).enAdmin,
    ),
    part(`${language}.moderation`, async () =>
      german
        ? (await import("./de.moderation")).deModeration
        : (await import("./en.moderation")).enModeration,
    ),
  ]);
}

async function part(name: string, load: () => Promise<Record<string, string>>): Promise<void> {
  if (had.has(name)) return;
  i18next.addResourceBundle(name.slice(0, 2), SPACE, await load(), true);
  had.add(name);
}
