import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { renderAt } from "../../../test/render";
import { boris, channel, message, textSection } from "../../../test/samples";
import type { SearchPage } from "../../gateway/protocol";
import { RequestError } from "../../lib/errors";
import { channelPlace } from "../../state/places";
import { ui } from "../../state/ui";
import Search from "./Search";

beforeEach(() => ui.setState({ search: { typed: "", scope: "group" }, jump: null }));

const found = (id: string, next: string | null = null): SearchPage => ({
  results: [
    {
      message: message(id, boris.id, { sections: [textSection(`tomatoes ${id}`)] }),
      channel_id: "11",
      group_id: "10",
      context_before: [],
      context_after: [],
    },
  ],
  users: [boris],
  members: [],
  next,
});

async function setUp() {
  const { parley, address } = await renderAt("/", <Search place={channelPlace(channel("11"))} />);
  const search = vi.spyOn(parley.api, "search").mockResolvedValue(found("90"));
  return { search, address, user: userEvent.setup(), box: screen.getByTestId("search-input") };
}

it("looks in the group, in the channel or everywhere, and marks what was found", async () => {
  const { search, user, box } = await setUp();
  await user.type(box, "Tomato{Enter}");
  await screen.findByTestId("result");
  expect(search).toHaveBeenLastCalledWith("Tomato", { group: "10" });
  expect(document.querySelector("mark")?.textContent).toBe("tomato");
  await user.click(screen.getByRole("radio", { name: "Here" }));
  await waitFor(() => expect(search).toHaveBeenLastCalledWith("Tomato", { channel: "11" }));
  await user.click(screen.getByRole("radio", { name: "Everywhere" }));
  await waitFor(() => expect(search).toHaveBeenLastCalledWith("Tomato", {}));
});

it("begins filters from the help, and takes them away by their chips", async () => {
  const { search, user, box } = await setUp();
  await user.click(screen.getByTestId("filter-from"));
  await user.type(box, "boris{Enter}");
  await waitFor(() => expect(search).toHaveBeenLastCalledWith("from:boris", { group: "10" }));
  await user.click(screen.getByRole("button", { name: "Take the filter from:boris away" }));
  expect((box as HTMLInputElement).value).toBe("");
});

it("reads on page by page, and jumps to a message", async () => {
  const { search, user, box, address } = await setUp();
  search.mockResolvedValueOnce(found("90", "85")).mockResolvedValueOnce(found("80"));
  await user.type(box, "tomato{Enter}");
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  await waitFor(() => expect(screen.getAllByTestId("result")).toHaveLength(2));
  expect(search).toHaveBeenLastCalledWith("tomato", { group: "10", before: "85" });
  await user.click(screen.getAllByTestId("result-jump")[1] ?? box);
  await waitFor(() => expect(address()).toBe("/g/10/c/11"));
  expect(ui.getState().jump).toMatchObject({ channelId: "11", messageId: "80" });
});

it("does not take a page without anything for the end", async () => {
  const { search, user, box } = await setUp();
  search.mockResolvedValueOnce({ results: [], users: [], members: [], next: "70" });
  search.mockResolvedValueOnce(found("60"));
  await user.type(box, "tomato{Enter}");
  expect(await screen.findByText(/Nothing so far/)).toBeTruthy();
  expect(screen.queryByText(/Nothing was found/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "Show more" }));
  await screen.findByTestId("result");
  expect(search).toHaveBeenLastCalledWith("tomato", { group: "10", before: "70" });
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

it("says what went wrong, and when nothing was found", async () => {
  const { search, user, box } = await setUp();
  search.mockRejectedValueOnce(new RequestError("bad_search", "", { where: "before:x" }, 400));
  await user.type(box, "before:x{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("before:x");
  search.mockResolvedValue({ results: [], users: [], members: [], next: null });
  await user.clear(box);
  await user.type(box, "zzz{Enter}");
  expect(await screen.findByText(/Nothing was found/)).toBeTruthy();
});
