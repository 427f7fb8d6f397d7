/** REST for second factors: what one has, and showing them. */

import type { MadePasskey, PasskeyAnswer, PasskeyQuestion, PasskeyWish } from "../lib/passkeys";
import type { Id } from "./objects";
import type { Rest } from "./rest";

export type FactorKind = "totp" | "passkey" | "recovery";

/** In place of a session, when a second factor is wanted. */
export interface FactorTicket {
  ticket: string;
  kinds: FactorKind[];
  expires_in_s: number;
}
export type ShownFactor = { code: string } | { recovery_code: string } | { passkey: PasskeyAnswer };
export interface Passkey {
  id: Id;
  name: string;
  synced: boolean;
  created_ms: number;
  used_ms: number | null;
}
export interface MyFactors {
  app_since_ms: number | null;
  passkeys: Passkey[];
  recovery_codes_left: number;
}
export interface AppSecret {
  secret: string;
  uri: string;
  qr_svg: string;
}
export interface RecoveryCodes {
  recovery_codes: string[] | null;
}

const MINE = "/api/users/@me/factors";
const PROOF = "/api/users/@me/proof";

export class FactorsApi {
  constructor(private readonly rest: Rest) {}

  mine(): Promise<MyFactors> {
    return this.rest.call("GET", MINE);
  }
  beginApp(): Promise<AppSecret> {
    return this.rest.call("POST", `${MINE}/app`);
  }
  confirmApp(code: string): Promise<RecoveryCodes> {
    return this.rest.call("PUT", `${MINE}/app`, { code });
  }
  removeApp(): Promise<void> {
    return this.rest.call("DELETE", `${MINE}/app`);
  }
  renewCodes(): Promise<RecoveryCodes> {
    return this.rest.call("POST", `${MINE}/recovery-codes`);
  }
  beginPasskey(): Promise<PasskeyWish> {
    return this.rest.call("POST", `${MINE}/passkeys/challenge`);
  }
  addPasskey(name: string, made: MadePasskey): Promise<RecoveryCodes & { passkey: Passkey }> {
    return this.rest.call("POST", `${MINE}/passkeys`, { name, ...made });
  }
  renamePasskey(id: Id, name: string): Promise<Passkey> {
    return this.rest.call("PATCH", `${MINE}/passkeys/${id}`, { name });
  }
  removePasskey(id: Id): Promise<void> {
    return this.rest.call("DELETE", `${MINE}/passkeys/${id}`);
  }

  /** Where there is a second factor, a proof wants it beside the password, or a passkey alone. */
  prove(
    shown: { password: string } | ({ password?: string } & ShownFactor),
  ): Promise<{ expires_ms: number }> {
    return this.rest.call("POST", PROOF, shown);
  }
  proofQuestion(): Promise<PasskeyQuestion> {
    return this.rest.call("POST", `${PROOF}/passkey`);
  }
}
