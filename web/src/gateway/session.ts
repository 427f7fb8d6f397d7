/** What a gateway session remembers between sockets, and what each close code asks for. Pure: no socket, no clock. */

import { CloseCode, type ControlFrame, type GatewayEvent, type ServerFrame } from "./protocol";

const CONTROL: ReadonlySet<string> = new Set<ControlFrame["type"]>([
  "hello",
  "ready",
  "resumed",
  "not_resumed",
  "heartbeat_ack",
  "reply",
  "error",
  "drain",
]);

/** Events are counted, also those of a type this client does not know; frames about the connection are not. */
export function isEvent(frame: ServerFrame): frame is GatewayEvent {
  return !CONTROL.has(frame.type);
}

export interface Opening {
  type: "identify" | "resume";
  token: string;
  session?: string;
  received?: number;
}

/** Counts events on both sides of a break, as XEP-0198 does. */
export class SessionCount {
  #session: string | null = null;
  #received = 0;

  get received(): number {
    return this.#received;
  }

  get resumable(): boolean {
    return this.#session !== null;
  }

  begin(session: string): void {
    this.#session = session;
    this.#received = 0;
  }

  count(): void {
    this.#received += 1;
  }

  forget(): void {
    this.#session = null;
    this.#received = 0;
  }

  /** The frame that opens a socket: resume where that may work, else identify. */
  opening(token: string): Opening {
    if (this.#session === null) return { type: "identify", token };
    return { type: "resume", token, session: this.#session, received: this.#received };
  }

  /** False when the server has sent another number of events than arrived here: something was lost. */
  agrees(sent: number): boolean {
    return sent === this.#received;
  }
}

export type AfterClose =
  | { kind: "resume"; waitMs: number | null }
  | { kind: "identify"; waitMs: number | null; newToken: boolean }
  | { kind: "log_in" };

/** What to do after a close; `waitMs: null` means the usual back-off. */
export function afterClose(code: number, drainMs: number | null): AfterClose {
  switch (code) {
    case CloseCode.TOO_LARGE:
    case CloseCode.IDENTIFY_FIRST:
      return { kind: "identify", waitMs: null, newToken: false };
    case CloseCode.BAD_TOKEN:
      return { kind: "identify", waitMs: null, newToken: true };
    case CloseCode.TOO_MANY_FRAMES:
      return { kind: "resume", waitMs: 5_000 };
    case CloseCode.SESSION_REVOKED:
      return { kind: "log_in" };
    case CloseCode.DRAINED:
      return { kind: "resume", waitMs: drainMs };
    case CloseCode.TOO_MANY_SOCKETS:
      return { kind: "resume", waitMs: 60_000 };
    default:
      return { kind: "resume", waitMs: drainMs };
  }
}
