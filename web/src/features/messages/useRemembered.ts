import { useEffect, useReducer, useState } from "react";
import { asRequestError } from "../../lib/errors";

export interface Remembered<T> {
  /** undefined while it is asked for, or when that failed; null where there is no such thing. */
  value: T | null | undefined;
  failed: boolean;
  again: () => void;
}

/**
 * What the server says of something that does not change, asked for once as long as the page is open. That it is not there is
 * an answer too; any other failure is forgotten, and whatever shows it next asks again.
 */
export function useRemembered<T>(
  known: Map<string, Promise<T | null>>,
  key: string | undefined,
  ask: () => Promise<T>,
): Remembered<T> {
  const [value, setValue] = useState<T | null | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const [tries, again] = useReducer((count: number) => count + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is asked for
  useEffect(() => {
    if (key === undefined) return;
    let shown = true;
    setFailed(false);
    const asked = known.get(key) ?? ask().catch((error: unknown) => absent(error));
    known.set(key, asked);
    asked.then(
      (found) => shown && setValue(found),
      () => {
        if (known.get(key) === asked) known.delete(key);
        if (shown) setFailed(true);
      },
    );
    return () => {
      shown = false;
    };
  }, [known, key, tries]);
  return { value, failed, again };
}

function absent(error: unknown): null {
  if (asRequestError(error).status === 404) return null;
  throw error;
}
