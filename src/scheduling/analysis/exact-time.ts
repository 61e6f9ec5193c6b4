/**
 * Times as people write them, without rounding: `40`, `2.5`, `"40ms"`, `"1.5s"`. The unit of an analysis is the
 * coarsest of milliseconds, microseconds and nanoseconds in which every time is a whole number.
 */

const nanosecondsIn: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['min', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
]);

const amountPattern = /^(\d{1,15})(?:\.(\d{1,15}))?\s*(\D{0,3})$/;

/** Nanoseconds, or what is wrong. A bare number is milliseconds. */
export function parseNanoseconds(value: unknown): bigint | string {
  if (typeof value !== 'number' && typeof value !== 'string')
    return 'must be a number of milliseconds, or a duration such as 40ms';
  const text = typeof value === 'number' ? plainDecimal(value) : value.trim();
  if (text.startsWith('-')) return 'must not be negative';
  const [, whole, fraction = '', unit = ''] = amountPattern.exec(text) ?? [];
  const factor = nanosecondsIn.get(unit);
  if (whole === undefined || factor === undefined)
    return `${JSON.stringify(value)} is no number of milliseconds and no duration such as 40ms or 1.5s`;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * factor;
  if (scaled % scale !== 0n) return 'must be a whole number of nanoseconds';
  return scaled / scale;
}

/** A number in digits, without an exponent as long as it is within reason. */
function plainDecimal(value: number): string {
  const text = String(value);
  return /^-?\d(?:\.\d+)?e-\d+$/.test(text) ? value.toFixed(15).replace(/0+$/, '') : text;
}

/** A unit of an analysis. */
export interface TimeUnit {
  readonly name: 'ms' | 'us' | 'ns';
  readonly nanoseconds: bigint;
  /** Units in a millisecond. */
  readonly perMs: number;
}

const units: readonly TimeUnit[] = [
  { name: 'ms', nanoseconds: 1_000_000n, perMs: 1 },
  { name: 'us', nanoseconds: 1_000n, perMs: 1_000 },
  { name: 'ns', nanoseconds: 1n, perMs: 1_000_000 },
];

/** The coarsest unit in which all `times` are whole. */
export function unitFor(times: readonly bigint[]): TimeUnit {
  return units.find(({ nanoseconds }) => times.every((time) => time % nanoseconds === 0n)) ?? units.at(-1)!;
}

/** A time with its unit, in full: `2.5 ms`, `90 s`. */
export function formatMs(ms: number): string {
  return ms >= 10_000 ? `${ms / 1_000} s` : `${ms} ms`;
}
