import { localeFor } from "../../lib/locale";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(localeFor(language), options);
    formats.set(key, found);
  }
  return found;
}

export const shortTime = (timeMs: number, language: string): string =>
  format(language, { timeStyle: "short" }).format(timeMs);

export const fullTime = (timeMs: number, language: string): string =>
  format(language, { dateStyle: "full", timeStyle: "short" }).format(timeMs);

export const dateAndTime = (timeMs: number, language: string): string =>
  format(language, { dateStyle: "medium", timeStyle: "short" }).format(timeMs);

export const dayName = (timeMs: number, language: string): string =>
  format(language, { dateStyle: "full" }).format(timeMs);
