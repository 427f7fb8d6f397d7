import { afterEach, expect, it, vi } from "vitest";
import { microphonePossible, openMicrophone } from "./microphone";

const choice = { inputDevice: "default", noiseSuppression: true, echoCancellation: true, autoGain: true };

function browserWith(getUserMedia: (constraints: MediaStreamConstraints) => Promise<unknown>): void {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
}

afterEach(() => void vi.unstubAllGlobals());

it("is not asked for on an insecure page", async () => {
  const getUserMedia = vi.fn();
  browserWith(getUserMedia);
  vi.stubGlobal("isSecureContext", false);
  expect(microphonePossible()).toBe(false);
  expect(await openMicrophone(choice)).toEqual({ state: "insecure" });
  expect(getUserMedia).not.toHaveBeenCalled();
});

it.each([
  ["NotAllowedError", "denied"],
  ["SecurityError", "denied"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "busy"],
])("%s: %s", async (name, state) => {
  browserWith(() => Promise.reject(new DOMException("", name)));
  expect(await openMicrophone(choice)).toEqual({ state });
});

it("asks for the chosen device, and goes on with another where that is gone", async () => {
  const stream = {};
  const asked: MediaStreamConstraints[] = [];
  browserWith((constraints) => {
    asked.push(constraints);
    return Promise.resolve(stream);
  });
  expect(await openMicrophone({ ...choice, inputDevice: "abc" })).toEqual({ state: "on", stream });
  await openMicrophone(choice);
  expect(asked[0]).toMatchObject({ audio: { deviceId: { ideal: "abc" }, channelCount: 1 } });
  expect(asked[1]?.audio).not.toHaveProperty("deviceId");
});
