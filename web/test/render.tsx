/** Renders with the texts and a client that never opens a connection. */

import { render } from "@testing-library/react";
import i18next from "i18next";
import type { ReactNode } from "react";
import { initReactI18next } from "react-i18next";
import { ParleyProvider } from "../src/features/parley";
import { Parley } from "../src/state/parley";
import { applyReady } from "../src/state/world";
import { en } from "../src/texts/en";
import { enGroup } from "../src/texts/en.group";
import { enLater } from "../src/texts/en.later";
import { enModeration } from "../src/texts/en.moderation";
import { ready } from "./samples";

await i18next.use(initReactI18next).init({
  lng: "en",
  keySeparator: false,
  nsSeparator: false,
  resources: { en: { translation: { ...en, ...enLater, ...enGroup, ...enModeration } } },
  interpolation: { escapeValue: false },
});

// jsdom has no layout: every media query fails, as on a wide screen with a mouse.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }) as unknown as MediaQueryList;

export function renderWith(children: ReactNode): Parley {
  const parley = new Parley();
  parley.world.setState((world) => applyReady(world, ready()), true);
  parley.account.setState({ state: "in", me: ready().me });
  render(<ParleyProvider parley={parley}>{children}</ParleyProvider>);
  return parley;
}
