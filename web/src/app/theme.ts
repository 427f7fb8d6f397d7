/** Light, dark and contrast, as attributes that tokens.css answers to. */

import { type Settings, settings } from "../state/settings";

function apply({ theme, contrast }: Settings): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  if (contrast === "more") root.dataset["contrast"] = "more";
  else delete root.dataset["contrast"];
}

export function startTheme(): void {
  apply(settings.getState());
  settings.subscribe(apply);
}
