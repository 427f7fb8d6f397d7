import { afterEach, expect, it, vi } from "vitest";
import { answerByPasskey, base64url, isThereAlready, makePasskey, octets, wasCalledOff } from "./passkeys";

afterEach(() => vi.unstubAllGlobals());

const buffer = (...octets: number[]): ArrayBuffer => Uint8Array.from(octets).buffer;

it.each([[[]], [[0]], [[251, 255]], [[1, 2, 3]], [[250, 251, 252, 253]]])("carries %j", (given) => {
  const text = base64url(buffer(...given));
  expect(text).toMatch(/^[\w-]*$/);
  expect([...octets(text)]).toEqual(given);
});

it("asks the browser for what the server wants to know", async () => {
  const response = { clientDataJSON: buffer(1), authenticatorData: buffer(2), signature: buffer(3) };
  const get = vi.fn(async () => ({ rawId: buffer(4), response }));
  vi.stubGlobal("navigator", { credentials: { get } });
  const question = {
    challenge: "AQ",
    rp_id: "talk.example.org",
    allow: ["Ag"],
    user_verification: "preferred" as const,
    timeout_ms: 300_000,
  };
  expect(await answerByPasskey(question)).toEqual({
    credential_id: "BA",
    client_data: "AQ",
    authenticator_data: "Ag",
    signature: "Aw",
  });
  expect(get).toHaveBeenCalledWith({
    publicKey: {
      challenge: Uint8Array.of(1),
      rpId: "talk.example.org",
      allowCredentials: [{ type: "public-key", id: Uint8Array.of(2) }],
      userVerification: "preferred",
      timeout: 300_000,
    },
  });
});

it("makes passkeys that sign in by themselves", async () => {
  const response = { clientDataJSON: buffer(1), attestationObject: buffer(2) };
  const create = vi.fn(async (_options: CredentialCreationOptions) => ({ response }));
  vi.stubGlobal("navigator", { credentials: { create } });
  const wish = {
    challenge: "AQ",
    rp_id: "localhost",
    user_id: "Ag",
    username: "anna",
    display_name: "Anna",
    algorithms: [-7],
    exclude: [],
    timeout_ms: 1,
  };
  expect(await makePasskey(wish, "Talk")).toEqual({ client_data: "AQ", attestation: "Ag" });
  expect(create.mock.calls[0]?.[0].publicKey?.authenticatorSelection).toEqual({
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  });
});

it("knows why a browser has none", () => {
  expect(wasCalledOff(new DOMException("", "NotAllowedError"))).toBe(true);
  expect(wasCalledOff(new Error(""))).toBe(false);
  expect(isThereAlready(new DOMException("", "InvalidStateError"))).toBe(true);
});
