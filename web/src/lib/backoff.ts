/** Waits that double from 0.5 s to 30 s, each times a random 0.5 to 1, so that a crowd does not come back at once. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export class Backoff {
  #attempt = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** How long to wait before the next attempt. */
  nextMs(): number {
    const full = Math.min(FIRST_MS * 2 ** this.#attempt, LONGEST_MS);
    this.#attempt += 1;
    return full * (0.5 + this.random() / 2);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
