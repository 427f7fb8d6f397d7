import { useCallback, useState } from "react";

export interface Draft<T> {
  /** What is known, with one's own changes over it. */
  value: T;
  /** The changes alone. */
  changes: Partial<T>;
  dirty: boolean;
  set: (change: Partial<T>) => void;
  reset: () => void;
}

const same = (one: unknown, other: unknown): boolean =>
  one === other || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other));

/** A form over something that others may change meanwhile: what one has not touched follows them. */
export function useDraft<T extends object>(known: T): Draft<T> {
  const [touched, setTouched] = useState<Partial<T>>({});
  const changes = Object.fromEntries(
    Object.entries(touched).filter(([key, value]) => !same(value, known[key as keyof T])),
  ) as Partial<T>;
  const set = useCallback((change: Partial<T>) => setTouched((before) => ({ ...before, ...change })), []);
  const reset = useCallback(() => setTouched({}), []);
  return {
    value: { ...known, ...changes },
    changes,
    dirty: Object.keys(changes).length > 0,
    set,
    reset,
  };
}
