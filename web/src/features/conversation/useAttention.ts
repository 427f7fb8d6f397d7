import { useMemo } from "react";

export interface Attention {
  /** Somebody looks: the page is visible and its window has the focus. */
  readonly current: boolean;
  /** Calls back when that may have changed; the result ends it. */
  follow: (changed: () => void) => () => void;
}

export function useAttention(): Attention {
  return useMemo(
    () => ({
      get current() {
        return document.visibilityState === "visible" && document.hasFocus();
      },
      follow: (changed) => {
        window.addEventListener("focus", changed);
        document.addEventListener("visibilitychange", changed);
        return () => {
          window.removeEventListener("focus", changed);
          document.removeEventListener("visibilitychange", changed);
        };
      },
    }),
    [],
  );
}
