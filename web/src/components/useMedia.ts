import { useCallback, useSyncExternalStore } from "react";

/** Follows a media query. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Wide enough for more than one panel; the same number is in shell.css. */
export const useWide = (): boolean => useMedia("(min-width: 760px)");
