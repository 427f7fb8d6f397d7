import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { channel, me, message, page, textSection } from "../../../test/samples";
import { drafts, setDraft } from "../../state/drafts";
import { beginLoad, emptyHistory, endLoad } from "../../state/history";
import { channelPlace } from "../../state/places";
import { Composer, inOpenFence } from "./Composer";

function setUp(maySend = true) {
  const onEditLast = vi.fn();
  const parley = renderWith(
    <Composer
      place={channelPlace(channel("11"))}
      maySend={maySend}
      mayAttach
      onFiles={vi.fn()}
      onVoice={() => undefined}
      onPaste={vi.fn()}
      onEditLast={onEditLast}
    />,
  );
  const outbox = vi.spyOn(parley.outbox, "send").mockReturnValue("n");
  const sent = () => outbox.mock.calls.map(([channel, sections]) => [channel, sections]);
  const typing = vi.spyOn(parley.conversations, "typing").mockReturnValue();
  return { parley, sent, typing, onEditLast, user: userEvent.setup() };
}
const box = (): HTMLTextAreaElement => screen.getByTestId("message-input");

beforeEach(() => drafts.setState({}, true));

describe("writing", () => {
  it("sends with Enter, and is empty again", async () => {
    const { user, sent, typing } = setUp();
    await user.type(box(), "hello{Enter}");
    expect(sent()).toEqual([["11", [textSection("hello")]]]);
    expect(typing).toHaveBeenCalled();
    expect(box().value).toBe("");
  });

  it("begins a line with Shift and Enter, and inside of code", async () => {
    const { user, sent } = setUp();
    await user.type(box(), "a{Shift>}{Enter}{/Shift}b");
    expect(box().value).toBe("a\nb");
    await user.clear(box());
    await user.type(box(), "```{Enter}code{Enter}```{Enter}");
    expect(sent()).toEqual([["11", [{ kind: "code", code: "code", language: "" }]]]);
  });

  it("does not send blank text, or too much of it", async () => {
    const { user, sent } = setUp();
    await user.type(box(), "   {Enter}");
    await user.clear(box());
    await user.click(box());
    await user.paste("x".repeat(4001));
    await user.keyboard("{Enter}");
    expect(sent()).toEqual([]);
    expect(screen.getByText("-1")).toBeTruthy();
  });

  it("answers the message that was chosen, until Escape", async () => {
    const { user, sent } = setUp();
    setDraft("11", { text: "", replyTo: "100" });
    await user.type(box(), "yes{Enter}");
    expect(sent().at(-1)).toEqual(["11", [{ kind: "reply", message_id: "100" }, textSection("yes")]]);
    setDraft("11", { text: "", replyTo: "100" });
    await user.type(box(), "{Escape}no{Enter}");
    expect(sent().at(-1)).toEqual(["11", [textSection("no")]]);
  });

  it("keeps what was typed for when one comes back", async () => {
    const { user } = setUp();
    await user.type(box(), "unfinished");
    expect(drafts.getState()["11"]?.text).toBe("unfinished");
  });
});

it("edits one's own last message with the up arrow", async () => {
  const { user, parley, onEditLast } = setUp();
  const messages = [message("101", me.id), message("102", me.id), message("103")];
  parley.world.setState({ histories: { "11": endLoad(beginLoad(emptyHistory, "page"), page(messages)) } });
  await user.type(box(), "{ArrowUp}");
  expect(onEditLast).toHaveBeenCalledExactlyOnceWith("102");
});

it("says when one may not write", () => {
  setUp(false);
  expect(screen.queryByTestId("message-input")).toBeNull();
  expect(screen.getByText(/may not write/)).toBeTruthy();
});

it("knows a fence that was not ended", () => {
  expect(inOpenFence("```\na")).toBe(true);
  expect(inOpenFence("```\na\n```")).toBe(false);
  expect(inOpenFence("a ``` b")).toBe(false);
});
