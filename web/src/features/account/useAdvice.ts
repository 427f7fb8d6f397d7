import { useEffect, useState } from "react";
import type { PasswordAdvice } from "../../gateway/account";
import { useAccountApi } from "./useAccountApi";

/** After the last key. */
const PAUSE_MS = 400;

/** What the server thinks of a password, a moment after it was typed; null while nobody knows, or it is too short to be asked. */
export function useAdvice(password: string, username: string, shortest: number): PasswordAdvice | null {
  const api = useAccountApi();
  const [found, setFound] = useState<{ of: string; advice: PasswordAdvice } | null>(null);
  const of = `${username}\n${password}`;
  useEffect(() => {
    if ([...password].length < shortest) return;
    const timer = setTimeout(() => {
      // Advice is a courtesy: without it, nothing is missing.
      api.passwordAdvice(password, username).then(
        (advice) => setFound({ of: `${username}\n${password}`, advice }),
        () => undefined,
      );
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [api, password, username, shortest]);
  return found?.of === of ? found.advice : null;
}
