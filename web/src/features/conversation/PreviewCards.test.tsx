import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { boris, me, message } from "../../../test/samples";
import type { Preview } from "../../gateway/protocol";
import PreviewCards from "./PreviewCards";

const ROSES: Preview = {
  url: "https://www.garden.example/roses",
  title: "Roses",
  description: "All about roses.",
  site_name: "",
  image: { id: "ab", width: 640, height: 320 },
};

const show = (author: string) =>
  renderWith(
    <PreviewCards message={message("100", author)} previews={[ROSES]} placeId="11" active={false} />,
  );

it("shows what a page says of itself, and leads there without telling where from", () => {
  show(boris.id);
  expect(screen.getByText("garden.example")).toBeTruthy();
  expect(screen.getByText("All about roses.")).toBeTruthy();
  const [title] = screen.getAllByRole<HTMLAnchorElement>("link");
  expect([title?.href, title?.rel, title?.target]).toEqual([
    ROSES.url,
    "noopener noreferrer nofollow",
    "_blank",
  ]);
  expect(screen.getByRole<HTMLImageElement>("img").src).toContain("/api/previews/ab");
  expect(screen.queryByTestId("preview-remove")).toBeNull();
});

it("lets its author take it off", async () => {
  const parley = show(me.id);
  const remove = vi.spyOn(parley.api, "removePreviews").mockResolvedValue();
  await userEvent.setup().click(screen.getByTestId("preview-remove"));
  expect(remove).toHaveBeenCalledExactlyOnceWith("11", "100");
});
