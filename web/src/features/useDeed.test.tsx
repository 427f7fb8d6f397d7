import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useDeed } from "./useDeed";

vi.mock("./parley", () => ({ useErrorText: () => (error: unknown) => `said: ${(error as Error).message}` }));

test("stays busy when it is done, as its dialog goes", async () => {
  const { result } = renderHook(() => useDeed());
  await act(async () => expect(await result.current.run(async () => {})).toBe(true));
  expect(result.current.busy).toBe(true);
});

test("can be done again where it is said", async () => {
  const { result } = renderHook(() => useDeed({ again: true }));
  await act(async () => expect(await result.current.run(async () => {})).toBe(true));
  expect(result.current.busy).toBe(false);
});

test("says what went wrong until the next try", async () => {
  const { result } = renderHook(() => useDeed());
  await act(async () => expect(await result.current.run(() => Promise.reject(new Error("no")))).toBe(false));
  expect(result.current).toMatchObject({ busy: false, problem: "said: no" });
  let finish = () => {};
  act(() => void result.current.run(() => new Promise<void>((resolve) => (finish = resolve))));
  expect(result.current).toMatchObject({ busy: true, problem: null });
  await act(async () => finish());
});
