/** WebAuthn between the server's words (base64url) and the browser's (buffers). */

export interface PasskeyWish {
  challenge: string;
  rp_id: string;
  user_id: string;
  username: string;
  display_name: string;
  algorithms: number[];
  exclude: string[];
  timeout_ms: number;
}
export interface PasskeyQuestion {
  challenge: string;
  rp_id: string;
  allow: string[];
  user_verification: "required" | "preferred";
  timeout_ms: number;
}
export interface MadePasskey {
  client_data: string;
  attestation: string;
}
export interface PasskeyAnswer {
  credential_id: string;
  client_data: string;
  authenticator_data: string;
  signature: string;
}

/** Passkeys belong to a name: browsers have none for a bare address, and none on pages that came unencrypted. */
export function passkeysPossible(): boolean {
  const address = /^\[|^\d+(\.\d+){3}$/.test(location.hostname);
  return !address && typeof PublicKeyCredential !== "undefined" && "credentials" in navigator;
}

/** Whether the person closed the browser's question, or it waited too long. */
export function wasCalledOff(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
}

/** Whether this device has a passkey of the account already. */
export function isThereAlready(error: unknown): boolean {
  return error instanceof DOMException && error.name === "InvalidStateError";
}

export async function makePasskey(wish: PasskeyWish, serverName: string): Promise<MadePasskey> {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: octets(wish.challenge),
      rp: { id: wish.rp_id, name: serverName },
      user: { id: octets(wish.user_id), name: wish.username, displayName: wish.display_name },
      pubKeyCredParams: wish.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: wish.exclude.map((id) => ({ type: "public-key", id: octets(id) })),
      authenticatorSelection: {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
      attestation: "none",
      timeout: wish.timeout_ms,
    },
  });
  const response = (made as PublicKeyCredential).response as AuthenticatorAttestationResponse;
  return {
    client_data: base64url(response.clientDataJSON),
    attestation: base64url(response.attestationObject),
  };
}

export async function answerByPasskey(question: PasskeyQuestion): Promise<PasskeyAnswer> {
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: octets(question.challenge),
      rpId: question.rp_id,
      allowCredentials: question.allow.map((id) => ({ type: "public-key", id: octets(id) })),
      userVerification: question.user_verification,
      timeout: question.timeout_ms,
    },
  });
  const credential = found as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    credential_id: base64url(credential.rawId),
    client_data: base64url(response.clientDataJSON),
    authenticator_data: base64url(response.authenticatorData),
    signature: base64url(response.signature),
  };
}

export function octets(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function base64url(buffer: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(buffer), (octet) => String.fromCharCode(octet)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
