import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { nextAfter, type Page, usePages } from "./usePages";

type Load = (at: string | null) => Promise<Page<string, string>>;

it("goes on where the page before says, also after one that holds nothing", async () => {
  const load = vi
    .fn<Load>()
    .mockResolvedValueOnce({ items: [], next: "c" })
    .mockResolvedValueOnce({ items: ["b"], next: null });
  const { result } = renderHook(() => usePages(load));
  await waitFor(() => expect(result.current).toMatchObject({ items: [], loading: false, more: true }));
  act(() => result.current.loadMore());
  await waitFor(() => expect(result.current).toMatchObject({ items: ["b"], loading: false, more: false }));
  expect(load.mock.calls).toEqual([[null], ["c"]]);
});

it("asks for a page that failed once more, and keeps what was there", async () => {
  const load = vi
    .fn<Load>()
    .mockResolvedValueOnce({ items: ["a"], next: "a" })
    .mockRejectedValueOnce(new Error("away"))
    .mockResolvedValueOnce({ items: ["b"], next: null });
  const { result } = renderHook(() => usePages(load));
  await waitFor(() => expect(result.current.more).toBe(true));
  act(() => result.current.loadMore());
  await waitFor(() => expect(result.current.failed).toBeInstanceOf(Error));
  expect(result.current.items).toEqual(["a"]);
  act(() => result.current.loadMore());
  await waitFor(() => expect(result.current).toMatchObject({ items: ["a", "b"], failed: null, more: false }));
  expect(load.mock.calls).toEqual([[null], ["a"], ["a"]]);
});

it("begins anew for another question, and passes over the answer to the one before", async () => {
  let answer = (_page: Page<string, string>): void => {};
  const slow: Load = () => new Promise((resolve) => (answer = resolve));
  const quick: Load = () => Promise.resolve({ items: ["new"], next: null });
  const { result, rerender } = renderHook(({ load }) => usePages(load), { initialProps: { load: slow } });
  rerender({ load: quick });
  await waitFor(() => expect(result.current.items).toEqual(["new"]));
  await act(async () => answer({ items: ["old"], next: null }));
  expect(result.current.items).toEqual(["new"]);
});

it("knows the place of the last item", () => {
  const place = (item: { id: string }) => item.id;
  expect(nextAfter([{ id: "2" }, { id: "1" }], true, place)).toBe("1");
  expect(nextAfter([{ id: "1" }], false, place)).toBeNull();
  expect(nextAfter([], true, place)).toBeNull();
});
