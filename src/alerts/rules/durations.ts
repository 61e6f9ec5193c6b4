/** Durations as rules write them, in seconds: `90`, `30s`, `5m`, `2h`, `3d`. */
import { z } from 'zod';

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };
const written = /^(\d+(?:\.\d+)?)\s*(ms|[smhd])$/;

/** Seconds; undefined: it is no duration. */
export function secondsIn(text: string): number | undefined {
  const match = written.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * unitSeconds[match[2]!]!;
}

/** As short as it can be said: `5m`, `90s`. */
export function durationText(seconds: number): string {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const)
    if (seconds >= length && seconds % length === 0) return `${seconds / length}${unit}`;
  return `${seconds}s`;
}

/** Schema of a duration between two bounds; a number is seconds. Gives seconds. */
export function durationOf(secondsMin: number, secondsMax: number) {
  return z.union([z.number(), z.string().max(20)]).transform((given, context): number => {
    const seconds = typeof given === 'number' ? given : secondsIn(given);
    if (seconds !== undefined && seconds >= secondsMin && seconds <= secondsMax) return seconds;
    const range = `from ${durationText(secondsMin)} to ${durationText(secondsMax)}`;
    context.addIssue({ code: 'custom', message: `must be a duration such as 30s, 5m or 2h, ${range}` });
    return z.NEVER;
  });
}
