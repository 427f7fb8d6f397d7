/** Snowflake ids are 64-bit decimal strings; they order by number, not by text. */

const EPOCH_MS = 1_735_689_600_000;
const TIME_SHIFT = 22n;

const HIGHEST = "9223372036854775807";

/** Whether a number can be an id at all. */
export function isId(digits: string): boolean {
  return /^[1-9]\d*$/.test(digits) && compareIds(digits, HIGHEST) <= 0;
}

/** Negative when `a` is older than `b`, positive when newer, 0 when the same. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** True when `a` is newer than `b`; everything is newer than nothing. */
export function isNewer(a: string, b: string | null | undefined): boolean {
  return b === null || b === undefined || compareIds(a, b) > 0;
}

/** The later of two ids, where either may be missing. */
export function newest(a: string | null, b: string | null): string | null {
  if (a === null) return b;
  return isNewer(a, b) ? a : b;
}

/** Unix milliseconds at which the server gave out this id. */
export function idTimeMs(id: string): number {
  return Number(BigInt(id) >> TIME_SHIFT) + EPOCH_MS;
}
