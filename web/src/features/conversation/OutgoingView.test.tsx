import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderWith } from "../../../test/render";
import { channel, textSection } from "../../../test/samples";
import { channelPlace } from "../../state/places";
import type { Outgoing } from "../../state/world";
import { OutgoingView } from "./OutgoingView";

const refused: Outgoing = {
  nonce: "n",
  channelId: "11",
  sections: [textSection("far too much")],
  input: [{ kind: "text", text: "far too much" }],
  allowedMentions: null,
  sinceMs: 0,
  state: "failed",
  error: "too_long",
  errorMessage: "",
  errorData: { field: "text", max: 4000 },
};

it("says of a message that was refused how much would be taken", () => {
  const row = { kind: "outgoing", key: "n", timeMs: 0, compact: false, outgoing: refused } as never;
  renderWith(<OutgoingView row={row} place={channelPlace(channel("11"))} />);
  expect(screen.getByRole("alert").textContent).toContain("at most 4000 characters");
});
