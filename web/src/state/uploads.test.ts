import { expect, it } from "vitest";
import type { UploadedFile } from "../gateway/protocol";
import { networkError } from "../lib/errors";
import { Uploads } from "./uploads";

const file = (name: string, bytes = 3): File => new File(["x".repeat(bytes)], name, { type: "text/plain" });
const MAX = { files: 4, bytes: 10 };

function setUp() {
  const asked: {
    name: string;
    progress: (share: number) => void;
    signal: AbortSignal;
    accept: () => void;
    refuse: (error: Error) => void;
  }[] = [];
  const uploads = new Uploads(
    () => Promise.resolve("token"),
    (sent, name, _, progress, signal) =>
      new Promise<UploadedFile>((resolve, reject) => {
        const result = { file_id: `f-${name}`, name, media_type: sent.type, size_bytes: sent.size };
        signal.addEventListener("abort", () => reject(new Error("cancelled")));
        asked.push({ name, progress, signal, accept: () => resolve(result), refuse: reject });
      }),
  );
  const states = () => uploads.of("11").map((each) => `${each.file.name} ${each.state}`);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { uploads, asked, states, settle };
}

it("sends one file after the other, tells how far it is, and gives them to the message", async () => {
  const { uploads, asked, states, settle } = setUp();
  uploads.add("11", [file("a"), file("b")], MAX);
  await settle();
  expect(states()).toEqual(["a uploading", "b waiting"]);
  asked[0]?.progress(0.5);
  expect(uploads.of("11")[0]?.progress).toBe(0.5);
  asked[0]?.accept();
  await settle();
  expect(states()).toEqual(["a done", "b uploading"]);
  asked[1]?.accept();
  await settle();
  expect(uploads.take("11")).toEqual([
    { kind: "file", file_id: "f-a", name: "a", media_type: "text/plain", size_bytes: 3 },
    { kind: "file", file_id: "f-b", name: "b", media_type: "text/plain", size_bytes: 3 },
  ]);
  expect(states()).toEqual([]);
});

it("cancels one that is under way, and goes on with the next", async () => {
  const { uploads, asked, states, settle } = setUp();
  uploads.add("11", [file("a"), file("b")], MAX);
  await settle();
  uploads.remove("11", uploads.of("11")[0]?.key ?? 0);
  await settle();
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(states()).toEqual(["b uploading"]);
});

it("keeps one that failed, to be tried again", async () => {
  const { uploads, asked, states, settle } = setUp();
  uploads.add("11", [file("a")], MAX);
  await settle();
  asked[0]?.refuse(networkError());
  await settle();
  expect(states()).toEqual(["a failed"]);
  expect(uploads.of("11")[0]?.error?.code).toBe("network");
  expect(uploads.take("11")).toEqual([]);
  uploads.retry("11", uploads.of("11")[0]?.key ?? 0);
  await settle();
  asked[1]?.accept();
  await settle();
  expect(states()).toEqual(["a done"]);
});

it("takes no more than fit into a message, and says which are too large", async () => {
  const { uploads, states, settle } = setUp();
  uploads.add("11", [file("big", 11)], MAX);
  uploads.add(
    "11",
    ["a", "b", "c", "d", "e"].map((each) => file(each)),
    MAX,
  );
  await settle();
  expect(states()).toEqual(["big failed", "a uploading", "b waiting", "c waiting"]);
  uploads.forget();
  expect(states()).toEqual([]);
});
