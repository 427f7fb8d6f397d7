import { useState } from "react";
import { useErrorText } from "./parley";

export interface Deed {
  busy: boolean;
  /** What went wrong the last time, for people. */
  problem: string | null;
  /** Whether it was done. */
  run: (work: () => Promise<void>) => Promise<boolean>;
}

/** Does what a form is for, once at a time. Unless it may be done `again`, it stays busy when done: its dialog goes. */
export function useDeed({ again = false } = {}): Deed {
  const say = useErrorText();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(error);
      setBusy(false);
      return false;
    }
    if (again) setBusy(false);
    return true;
  };
  return { busy, problem: failure === null ? null : say(failure), run };
}
