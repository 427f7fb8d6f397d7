import { useEffect, useState } from "react";
import type { Part } from "../lib/highlight";

/** The code in coloured parts; null until they are there, and where there are none. */
export function useHighlight(code: string, language: string): Part[] | null {
  const [parts, setParts] = useState<Part[] | null>(null);
  useEffect(() => {
    if (language === "") return;
    let shown = true;
    import("../lib/highlight")
      .then(({ highlight }) => shown && setParts(highlight(code, language)))
      // Without colours it reads as well.
      .catch(() => undefined);
    return () => {
      shown = false;
    };
  }, [code, language]);
  return parts;
}
