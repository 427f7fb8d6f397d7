import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { networkError, RequestError } from "../../lib/errors";
import { useRemembered } from "./useRemembered";

const setUp = (ask: () => Promise<string>) => {
  const known = new Map<string, Promise<string | null>>();
  return { show: () => renderHook(() => useRemembered(known, "key", ask)).result };
};

it("asks once, and remembers that there is nothing", async () => {
  const ask = vi
    .fn<() => Promise<string>>()
    .mockRejectedValue(new RequestError("unknown_invite", "", {}, 404));
  const { show } = setUp(ask);
  const [first, second] = [show(), show()];
  await waitFor(() => expect([first.current.value, second.current.value]).toEqual([null, null]));
  expect(ask).toHaveBeenCalledOnce();
});

it("forgets any other failure, and asks again when told to or shown anew", async () => {
  const ask = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(networkError())
    .mockRejectedValueOnce(networkError())
    .mockResolvedValue("found");
  const { show } = setUp(ask);
  const first = show();
  await waitFor(() => expect(first.current).toMatchObject({ value: undefined, failed: true }));
  const second = show();
  await waitFor(() => expect(second.current.failed).toBe(true));
  act(() => second.current.again());
  await waitFor(() => expect(second.current).toMatchObject({ value: "found", failed: false }));
  expect(ask).toHaveBeenCalledTimes(3);
});
