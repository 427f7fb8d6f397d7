import { fireEvent, render } from "@testing-library/react";
import { expect, it } from "vitest";
import { Avatar, PictureOf } from "./Avatar";

const shown = (picture: string | null, size: 32 | 96) =>
  render(
    <PictureOf value={() => picture}>
      <Avatar id="1" name="Anna Beck" size={size} />
    </PictureOf>,
  ).container;

it("has initials where there is no picture", () => {
  const drawn = shown(null, 32);
  expect(drawn.textContent).toBe("AB");
  expect(drawn.querySelector("img")).toBeNull();
});

it("has the picture in a size that fits, and the initials when it does not come", () => {
  expect(shown("ab", 96).querySelector("img")?.getAttribute("src")).toBe("/api/avatars/ab");
  const drawn = shown("ab", 32);
  const image = drawn.querySelector("img");
  expect(image?.getAttribute("src")).toBe("/api/avatars/ab/small");
  if (image) fireEvent.error(image);
  expect(drawn.querySelector("img")).toBeNull();
  expect(drawn.textContent).toBe("AB");
});
