import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderWith } from "../../test/render";
import { Markdown } from "./Markdown";

it("draws links that tell the other side nothing", () => {
  renderWith(<Markdown source="[there](https://example.org/a?b)" />);
  const link = screen.getByRole("link");
  expect(link.getAttribute("href")).toBe("https://example.org/a?b");
  expect(link.getAttribute("rel")).toContain("noopener");
  expect(link.getAttribute("rel")).toContain("noreferrer");
});

it("makes no element of what people write as HTML", () => {
  renderWith(<Markdown source={'<img src=x onerror="alert(1)"> <script>alert(2)</script>'} />);
  expect(document.querySelector("img, script")).toBeNull();
  expect(document.body.textContent).toContain("<script>alert(2)</script>");
});

it("draws lists, quotes, code and emphasis as such", () => {
  renderWith(<Markdown source={"- **a**\n- `b`\n\n> c\n\n```py\nd\n```"} />);
  expect(screen.getAllByRole("listitem")).toHaveLength(2);
  for (const name of ["strong", "blockquote", "pre", "li code"])
    expect(document.querySelector(name), name).not.toBeNull();
  expect(screen.getByText("py")).toBeTruthy();
});
