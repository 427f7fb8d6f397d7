import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { en } from "../../texts/en";
import VoiceSettings from "../settings/VoiceSettings";
import { MicNote } from "./MicNote";

/** A page over plain HTTP that is not on localhost. */
beforeEach(() => void vi.stubGlobal("isSecureContext", false));
afterEach(() => void vi.unstubAllGlobals());

it("the call says why nobody hears one, and offers no second try, as none could help", () => {
  const parley = renderWith(<MicNote maySpeak push={false} />);
  act(() => parley.call.store.setState({ phase: "connected", channelId: "12", mic: "insecure" }));
  expect(screen.getByText(en["mic.insecure"])).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();

  act(() => parley.call.store.setState({ mic: "denied" }));
  expect(screen.getByRole("button", { name: en["mic.again"] })).toBeDefined();
});

it("the settings say it before anyone calls", () => {
  renderWith(<VoiceSettings />);
  expect(screen.getByText(en["mic.insecure"])).toBeDefined();
});
