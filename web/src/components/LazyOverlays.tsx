/** Menus and cards, whose code comes with the first one that opens. */

import { type ComponentProps, lazy, Suspense } from "react";
import type { Card, Menu } from "./overlays";

const LoadedMenu = lazy(() => import("./overlays").then((module) => ({ default: module.Menu })));
const LoadedCard = lazy(() => import("./overlays").then((module) => ({ default: module.Card })));

export function LazyMenu(props: ComponentProps<typeof Menu>) {
  return (
    <Suspense fallback={null}>
      <LoadedMenu {...props} />
    </Suspense>
  );
}

export function LazyCard(props: ComponentProps<typeof Card>) {
  return (
    <Suspense fallback={null}>
      <LoadedCard {...props} />
    </Suspense>
  );
}
