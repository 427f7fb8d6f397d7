import { expect, it, vi } from "vitest";
import type { Id } from "../gateway/protocol";
import { Files } from "./files";

const HOUR = 3_600_000;

function setUp(origin = "") {
  const clock = { ms: 0 };
  const fileLinks = vi.fn((ids: readonly Id[]) =>
    Promise.resolve({
      tickets: Object.fromEntries(ids.map((id) => [id, `t${id}`])),
      origin,
      expires_ms: clock.ms + HOUR,
    }),
  );
  return { clock, fileLinks, files: new Files({ fileLinks }, () => clock.ms) };
}

it("asks at once for all that is shown at once, and not again while it counts", async () => {
  const { clock, fileLinks, files } = setUp();
  const urls = await Promise.all([files.url("1"), files.url("2", "small"), files.url("1", "keep")]);
  expect(urls).toEqual(["/api/files/1/whole?t=t1", "/api/files/2/small?t=t2", "/api/files/1?t=t1"]);
  expect(fileLinks.mock.calls).toEqual([[["1", "2"]]]);
  clock.ms = HOUR / 2;
  await files.url("1");
  expect(fileLinks).toHaveBeenCalledOnce();
});

it("asks anew before a link ends, and when another one is logged in", async () => {
  const { clock, fileLinks, files } = setUp();
  await files.url("1");
  clock.ms = HOUR - 60_000;
  await files.url("1");
  expect(fileLinks).toHaveBeenCalledTimes(2);
  files.forget();
  await files.url("1");
  expect(fileLinks).toHaveBeenCalledTimes(3);
});

it("says of each when they cannot be had, and asks again the next time", async () => {
  const { fileLinks, files } = setUp();
  fileLinks.mockRejectedValueOnce(new Error("away"));
  const asked = [files.url("1"), files.url("2")];
  for (const each of asked) await expect(each).rejects.toThrow("away");
  expect(await files.url("1")).toBe("/api/files/1/whole?t=t1");
});

it("asks for no more than a hundred at once, and finds them where the server keeps them", async () => {
  const { fileLinks, files } = setUp("https://files.example.org");
  const urls = await Promise.all(Array.from({ length: 130 }, (_, id) => files.url(String(id))));
  expect(fileLinks.mock.calls.map(([ids]) => ids.length)).toEqual([100, 30]);
  expect(urls[129]).toBe("https://files.example.org/api/files/129/whole?t=t129");
});
