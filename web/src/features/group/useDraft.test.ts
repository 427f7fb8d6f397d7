import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { useDraft } from "./useDraft";

const setUp = (known: { name: string; roles: string[] }) =>
  renderHook(({ known: now }) => useDraft(now), { initialProps: { known } });

it("is what is known, with one's own changes over it", () => {
  const { result } = setUp({ name: "bees", roles: ["1"] });
  expect(result.current).toMatchObject({ value: { name: "bees" }, changes: {}, dirty: false });
  act(() => result.current.set({ name: "wasps" }));
  expect(result.current).toMatchObject({ value: { name: "wasps" }, changes: { name: "wasps" }, dirty: true });
  act(() => result.current.reset());
  expect(result.current.dirty).toBe(false);
});

it("is no change to what it is already", () => {
  const { result } = setUp({ name: "bees", roles: ["1"] });
  act(() => result.current.set({ name: "wasps", roles: ["1"] }));
  act(() => result.current.set({ name: "bees" }));
  expect(result.current.dirty).toBe(false);
});

it("follows others in what one has not touched", () => {
  const { result, rerender } = setUp({ name: "bees", roles: ["1"] });
  act(() => result.current.set({ name: "wasps" }));
  rerender({ known: { name: "flies", roles: ["2"] } });
  expect(result.current.value).toEqual({ name: "wasps", roles: ["2"] });
  rerender({ known: { name: "wasps", roles: ["2"] } });
  expect(result.current.dirty).toBe(false);
});
