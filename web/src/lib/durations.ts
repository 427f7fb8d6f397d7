const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const UNITS = [
  ["day", 24 * HOUR_S],
  ["hour", HOUR_S],
  ["minute", MINUTE_S],
  ["second", 1],
] as const;

/** "30 seconds", "5 minutes": in the largest unit that leaves no rest. */
export function duration(seconds: number, language: string): string {
  const [unit, size] = UNITS.find(([, each]) => seconds >= each && seconds % each === 0) ?? ["second", 1];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}
