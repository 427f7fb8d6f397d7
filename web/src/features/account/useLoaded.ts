import { useCallback, useEffect, useState } from "react";
import { useErrorText } from "../parley";

export interface Loaded<T> {
  value: T | null;
  /** Why it is not there, for people. */
  problem: string | null;
  reload: () => void;
  set: (value: T) => void;
}

/** Something of the account, asked for when it is first shown. Give a `load` that stays the same. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const say = useErrorText();
  const [value, set] = useState<T | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const reload = useCallback(() => {
    setFailure(null);
    load().then(set, setFailure);
  }, [load]);
  useEffect(reload, [reload]);
  return { value, problem: failure === null ? null : say(failure), reload, set };
}
