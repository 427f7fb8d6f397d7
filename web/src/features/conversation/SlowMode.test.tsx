import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { channel, groupView, ready, role } from "../../../test/samples";
import { Permission } from "../../state/permissions";
import { channelPlace } from "../../state/places";
import { waits, waitUntil } from "../../state/slowMode";
import { SlowModeNote, useSlowMode } from "./SlowMode";

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => {
  vi.useRealTimers();
  waits.setState({}, true);
});

const slow = channel("11", { slow_mode_s: 30 });

function Probe() {
  const state = useSlowMode(channelPlace(slow));
  return state.everyS > 0 ? <SlowModeNote slow={state} /> : <p>as fast as one likes</p>;
}

function show(permissions: number): void {
  const view = groupView({ channels: [slow], roles: [role("10", { permissions })] });
  renderWith(<Probe />, ready({ groups: [view] }));
}

it("says how slow the channel is, and counts down until one may write again", () => {
  show(Permission.view_channel);
  expect(screen.getByText("Slow mode: one message every 30 seconds")).toBeTruthy();
  act(() => waitUntil("11", 1_002_000));
  expect(screen.getByText("You can write again in 2 seconds")).toBeTruthy();
  act(() => vi.advanceTimersByTime(1_000));
  expect(screen.getByText("You can write again in 1 second")).toBeTruthy();
  act(() => vi.advanceTimersByTime(1_000));
  expect(screen.getByText("Slow mode: one message every 30 seconds")).toBeTruthy();
});

it("is not for moderators", () => {
  show(Permission.view_channel | Permission.manage_messages);
  act(() => waitUntil("11", 1_002_000));
  expect(screen.getByText("as fast as one likes")).toBeTruthy();
});
