/** Everything that can go wrong on the way to the server, with the server's stable code where it has one. */

export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
    readonly status: number = 0,
  ) {
    super(message);
    this.name = "RequestError";
  }

  /** True when the server never answered: the same request may succeed later. */
  get isNetwork(): boolean {
    return this.code === "network" || this.code === "timeout";
  }

  /** How long the server asks to wait, 0 where it does not say. */
  get retryAfterMs(): number {
    const seconds = this.data["retry_after_s"];
    return typeof seconds === "number" ? seconds * 1000 : 0;
  }
}

export const networkError = (): RequestError => new RequestError("network", "The server cannot be reached.");

export function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError("unexpected", error instanceof Error ? error.message : String(error));
}
