import { expect, it, vi } from "vitest";
import { RequestError } from "../lib/errors";
import { withProof } from "./proof";
import { ui } from "./ui";

const wanted = () => Promise.reject(new RequestError("proof_required", "Show who you are.", {}, 403));

it("asks nobody when the server is content", async () => {
  expect(await withProof(async () => 1)).toBe(1);
  expect(ui.getState().proof).toBeNull();
});

it("does it once more after a proof", async () => {
  const work = vi.fn<() => Promise<number>>().mockImplementationOnce(wanted).mockResolvedValueOnce(2);
  const result = withProof(work);
  await vi.waitFor(() => expect(ui.getState().proof).not.toBeNull());
  ui.getState().proof?.(true);
  expect(await result).toBe(2);
  expect(ui.getState().proof).toBeNull();
});

it("fails as it did when there is none, and when one is not enough", async () => {
  for (const shown of [true, false]) {
    const work = vi.fn(wanted);
    const result = withProof(work);
    result.catch(() => undefined);
    await vi.waitFor(() => expect(ui.getState().proof).not.toBeNull());
    ui.getState().proof?.(shown);
    await expect(result).rejects.toMatchObject({ code: "proof_required" });
    expect(work).toHaveBeenCalledTimes(shown ? 2 : 1);
  }
});

it("asks once for two that wait", async () => {
  const first = vi.fn<() => Promise<number>>().mockImplementationOnce(wanted).mockResolvedValueOnce(1);
  const second = vi.fn<() => Promise<number>>().mockImplementationOnce(wanted).mockResolvedValueOnce(2);
  const both = Promise.all([withProof(first), withProof(second)]);
  await vi.waitFor(() => expect(second).toHaveBeenCalled());
  await vi.waitFor(() => expect(ui.getState().proof).not.toBeNull());
  ui.getState().proof?.(true);
  expect(await both).toEqual([1, 2]);
  expect(ui.getState().proof).toBeNull();
});

it("lets other failures pass", async () => {
  await expect(withProof(() => Promise.reject(new RequestError("busy", "")))).rejects.toMatchObject({
    code: "busy",
  });
});
