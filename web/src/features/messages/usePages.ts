import { useCallback, useEffect, useRef, useState } from "react";

export interface Pages<T> {
  items: readonly T[];
  loading: boolean;
  failed: unknown;
  more: boolean;
  loadMore: () => void;
}

/** Items that come page by page, from the first one anew whenever `load` is another. */
export function usePages<T>(
  load: (after: T | null) => Promise<{ items: readonly T[]; more: boolean }>,
): Pages<T> {
  const [state, setState] = useState<Omit<Pages<T>, "loadMore">>(BEGINNING);
  const current = useRef(load);
  const run = useCallback(
    async (after: T | null, before: readonly T[]): Promise<void> => {
      setState({ items: before, loading: true, failed: null, more: false });
      try {
        const page = await load(after);
        if (current.current === load)
          setState({ items: [...before, ...page.items], loading: false, failed: null, more: page.more });
      } catch (error) {
        if (current.current === load) setState({ items: before, loading: false, failed: error, more: true });
      }
    },
    [load],
  );
  useEffect(() => {
    current.current = load;
    void run(null, []);
  }, [load, run]);
  const { items } = state;
  const loadMore = useCallback(() => void run(items.at(-1) ?? null, items), [run, items]);
  return { ...state, loadMore };
}

const BEGINNING = { items: [], loading: true, failed: null, more: false };
