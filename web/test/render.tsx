/** Renders with the texts and a client that never opens a connection. */

import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import i18next from "i18next";
import type { ReactNode } from "react";
import { initReactI18next } from "react-i18next";
import { ParleyProvider } from "../src/features/parley";
import type { Ready } from "../src/gateway/protocol";
import { Parley } from "../src/state/parley";
import { applyReady } from "../src/state/world";
import { en } from "../src/texts/en";
import { enAccount } from "../src/texts/en.account";
import { enGroup } from "../src/texts/en.group";
import { enLater } from "../src/texts/en.later";
import { enModeration } from "../src/texts/en.moderation";
import { enSecurity } from "../src/texts/en.security";
import { ready } from "./samples";

await i18next.use(initReactI18next).init({
  lng: "en",
  keySeparator: false,
  nsSeparator: false,
  resources: {
    en: { translation: { ...en, ...enLater, ...enGroup, ...enModeration, ...enAccount, ...enSecurity } },
  },
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

function client(more: Partial<Ready>): Parley {
  const parley = new Parley();
  parley.world.setState((world) => applyReady(world, ready(more)), true);
  parley.account.setState({ state: "in", me: ready(more).me });
  return parley;
}

export function renderWith(children: ReactNode, more: Partial<Ready> = {}): Parley {
  const parley = client(more);
  render(<ParleyProvider parley={parley}>{children}</ParleyProvider>);
  return parley;
}

/** With addresses around, for what links to places or leads there. */
export async function renderAt(
  path: string,
  children: ReactNode,
  more: Partial<Ready> = {},
): Promise<{ parley: Parley; address: () => string }> {
  const parley = client(more);
  const root = createRootRoute({ component: () => children, notFoundComponent: () => children });
  const router = createRouter({
    routeTree: root,
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  await router.load();
  render(
    <ParleyProvider parley={parley}>
      <RouterProvider router={router as never} />
    </ParleyProvider>,
  );
  return { parley, address: () => router.state.location.href };
}

interface RoutedOptions {
  snapshot?: Ready;
  path?: string;
  /** Before anything is drawn. */
  prepare?: (parley: Parley) => void;
}

/** For what looks at the address, or leads elsewhere: every address shows the same. */
export async function renderRouted(
  children: ReactNode,
  { snapshot = ready(), path = "/", prepare = () => undefined }: RoutedOptions = {},
) {
  const parley = client(snapshot);
  prepare(parley);
  const root = createRootRoute({ component: Outlet });
  const page = (path: string) =>
    createRoute({ getParentRoute: () => root, path, component: () => <>{children}</> });
  const router = createRouter({
    routeTree: root.addChildren([page("/"), page("/g/$groupId/c/$channelId"), page("$")]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  await router.load();
  render(
    <ParleyProvider parley={parley}>
      <RouterProvider router={router as never} />
    </ParleyProvider>,
  );
  return { parley, router };
}
