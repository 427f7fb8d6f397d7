import { waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { renderAt } from "../../../test/render";
import { boris, message, textSection } from "../../../test/samples";
import type { Message } from "../../gateway/protocol";
import { Parley } from "../../state/parley";
import { settings } from "../../state/settings";
import { ui } from "../../state/ui";
import { useNotifications } from "./useNotifications";

class FakeNotification {
  static permission = "granted";
  static made: FakeNotification[] = [];
  onclick: (() => void) | null = null;
  closed = false;
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    FakeNotification.made.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

function Listening() {
  useNotifications();
  return null;
}

let visibility: DocumentVisibilityState = "hidden";

beforeEach(() => {
  FakeNotification.made = [];
  visibility = "hidden";
  vi.stubGlobal("Notification", FakeNotification);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  vi.spyOn(window, "focus").mockReturnValue();
  settings.setState({ notifications: true });
  ui.setState({ jump: null });
});
afterEach(() => {
  vi.unstubAllGlobals();
  settings.setState({ notifications: false });
});

async function setUp() {
  const listen = vi.spyOn(Parley.prototype, "onMessage");
  const { address } = await renderAt("/", <Listening />);
  const deliver = (written: Message): void => listen.mock.calls.at(-1)?.[0](written);
  return { deliver, address };
}
const hello = message("101", boris.id, { sections: [textSection("hi <@1>, **look**")] });

it("tells who wrote what and where, and leads there", async () => {
  const { deliver, address } = await setUp();
  deliver(hello);
  const [notice] = FakeNotification.made;
  expect(notice?.title).toBe("Boris · #channel-11 · Garden");
  expect(notice?.options).toMatchObject({ body: "hi @Anna, look", tag: "11" });
  notice?.onclick?.();
  await waitFor(() => expect(address()).toBe("/g/10/c/11"));
  expect(ui.getState().jump).toMatchObject({ channelId: "11", messageId: "101" });
  expect(notice?.closed).toBe(true);
});

it("tells nothing while the window is seen, or to those who did not ask for it", async () => {
  const { deliver } = await setUp();
  visibility = "visible";
  deliver(hello);
  visibility = "hidden";
  settings.setState({ notifications: false });
  deliver(message("102"));
  expect(FakeNotification.made).toEqual([]);
});
