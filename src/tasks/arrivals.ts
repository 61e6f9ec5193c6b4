/** How often a task may come, as its declaration says: `20/s`, `3/m`. Pure. */
import { SluiceError } from '../kernel/index.js';

/** So many in a unit of time. */
export type Rate = `${number}/${'s' | 'm' | 'h'}`;

const pattern = /^(\d+(?:\.\d+)?)\/(s|m|h)$/;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** The least time between two arrivals, milliseconds, perhaps with a fraction. Throws `bad-input`. */
export function gapMsOf(rate: Rate, what: string): number {
  const match = typeof rate === 'string' ? pattern.exec(rate) : null;
  const count = Number(match?.[1]);
  if (match !== null && count > 0) return unitMs[match[2]!]! / count;
  throw new SluiceError('bad-input', `${what} '${rate}' is no rate: give for example '20/s', '3/m' or '1/h'`);
}
