/** Durations as callers write them: milliseconds, or a number with its unit. */
import { SluiceError } from '../kernel/index.js';

/** Milliseconds, or for example `250ms`, `2s`, `1.5m`, `12h`, `7d`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** The largest delay and time to live that every engine keeps: 2^32 - 1 ms, about 49 days. */
export const durationMsMax = 2 ** 32 - 1;

/** Whole milliseconds of `duration`. Throws `bad-input`, naming `what`, unless it is between 0 and `durationMsMax`. */
export function millisecondsOf(duration: Duration, what: string): number {
  const ms = typeof duration === 'number' ? Math.round(duration) : parse(duration);
  if (ms !== undefined && ms >= 0 && ms <= durationMsMax) return ms;
  throw new SluiceError(
    'bad-input',
    `${what} '${duration}' is not a duration: give milliseconds, or for example '2s', at most 49 days`,
    { details: { what, duration } },
  );
}

function parse(text: string): number | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : Math.round(Number(match[1]) * unitMs[match[2]!]!);
}
