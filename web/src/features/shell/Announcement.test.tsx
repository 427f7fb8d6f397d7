import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Announcement } from "./Announcement";

const told = vi.hoisted(() => ({
  announcement: null as { text: string; made_ms: number; until_ms: number | null } | null,
}));
vi.mock("../parley", () => ({ useWorld: (pick: (world: typeof told) => unknown) => pick(told) }));
vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
  vi.setSystemTime(1_000);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("it is hidden on this device, and the next one is shown again", () => {
  told.announcement = { text: "Restart at noon", made_ms: 1, until_ms: null };
  const { rerender } = render(<Announcement />);
  expect(screen.getByText("Restart at noon")).toBeTruthy();
  act(() => screen.getByRole("button", { name: "announcement.dismiss" }).click());
  expect(screen.queryByTestId("announcement")).toBeNull();
  told.announcement = { text: "Later, then", made_ms: 2, until_ms: null };
  rerender(<Announcement />);
  expect(screen.getByText("Later, then")).toBeTruthy();
});

test("it goes when it ends, without a word of the server", () => {
  told.announcement = { text: "soon over", made_ms: 1, until_ms: 3_000 };
  render(<Announcement />);
  expect(screen.getByText("soon over")).toBeTruthy();
  act(() => void vi.advanceTimersByTime(2_001));
  expect(screen.queryByTestId("announcement")).toBeNull();
});
