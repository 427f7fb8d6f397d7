import { expect, it, vi } from "vitest";
import { Files } from "./files";

function setUp() {
  const file = vi.fn((id: string) => Promise.resolve(new Blob([id])));
  const dropped: string[] = [];
  let made = 0;
  const files = new Files(
    { file },
    () => `blob:${made++}`,
    (url) => dropped.push(url),
  );
  return { file, files, dropped };
}

it("fetches once what is shown many times", async () => {
  const { file, files } = setUp();
  expect(await Promise.all([files.url("1"), files.url("1")])).toEqual(["blob:0", "blob:0"]);
  expect(file).toHaveBeenCalledOnce();
});

it("asks again for what could not be fetched", async () => {
  const { file, files } = setUp();
  file.mockRejectedValueOnce(new Error("away"));
  await expect(files.url("1")).rejects.toThrow("away");
  expect(await files.url("1")).toBe("blob:0");
});

it("lets go of what was not shown for long, and of all in the end", async () => {
  const { files, dropped } = setUp();
  for (let id = 0; id < 40; id += 1) await files.url(String(id));
  await files.url("0");
  await files.url("40");
  await vi.waitFor(() => expect(dropped).toEqual(["blob:1"]));
  files.forget();
  await vi.waitFor(() => expect(dropped).toHaveLength(41));
});
