import { useCallback, useEffect, useRef, useState } from "react";

export interface Page<T, At> {
  items: readonly T[];
  /** Where the next page begins; null: that was all. A page may be short, or hold nothing, before that. */
  next: At | null;
}
export interface Pages<T> {
  items: readonly T[];
  loading: boolean;
  failed: unknown;
  more: boolean;
  loadMore: () => void;
}

/** The place of the last item, where the server says no more than that there are others. */
export function nextAfter<T, At>(items: readonly T[], more: boolean, place: (item: T) => At): At | null {
  const last = items.at(-1);
  return more && last !== undefined ? place(last) : null;
}

/** Items that come page by page, from the first one anew whenever `load` is another. */
export function usePages<T, At = string>(load: (at: At | null) => Promise<Page<T, At>>): Pages<T> {
  const [state, setState] = useState<State<T, At>>(BEGINNING);
  const current = useRef(load);
  const run = useCallback(
    async (at: At | null, before: readonly T[]): Promise<void> => {
      const show = (change: Partial<State<T, At>>): void => {
        if (current.current === load) setState({ ...BEGINNING, items: before, next: at, ...change });
      };
      show({});
      try {
        const { items, next } = await load(at);
        show({ items: [...before, ...items], loading: false, next });
      } catch (error) {
        show({ loading: false, failed: error });
      }
    },
    [load],
  );
  useEffect(() => {
    current.current = load;
    void run(null, []);
  }, [load, run]);
  const { items, next, loading, failed } = state;
  const loadMore = useCallback(() => void run(next, items), [run, next, items]);
  return { items, loading, failed, more: next !== null, loadMore };
}

interface State<T, At> {
  items: readonly T[];
  next: At | null;
  loading: boolean;
  failed: unknown;
}

const BEGINNING = { items: [], next: null, loading: true, failed: null };
