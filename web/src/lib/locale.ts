/** The person's own way to write times: the browser's variant of the language that is shown, say en-GB for en. */
export function localeFor(language: string, wanted: readonly string[] = navigator.languages): string {
  return wanted.find((each) => each === language || each.startsWith(`${language}-`)) ?? language;
}
