/** Which firings a scheduler has to send now. Pure: what was sent last, the schedule and the time in, moments out. */
import type { Schedule } from './schedule.js';

/**
 * What happens to moments that passed while no process was there to send: `latest` (default) fires once for all of
 * them, `all` once for each, `skip` not at all.
 */
export type MissedPolicy = 'latest' | 'all' | 'skip';

/** Missed firings that are sent at most, the latest ones. */
export const missedMax = 1_000;

/** A scheduler sends a firing so long before its moment at the earliest; with all processes away it still comes. */
export const leadMs = 86_400_000;

export interface Due {
  /** Moments to send now, Unix ms, in order; those that have not come are delayed until they do. */
  readonly firings: readonly number[];
  /** When to look again, Unix ms; undefined: never. */
  readonly againMs: number | undefined;
}

/** `lastMs`: the last moment that was sent; undefined: the first time ever. */
export function dueFirings(
  schedule: Schedule,
  lastMs: number | undefined,
  nowMs: number,
  missed: MissedPolicy,
): Due {
  if (lastMs !== undefined && lastMs > nowMs) return { firings: [], againMs: lastMs };
  const late = lastMs === undefined ? [] : missedFirings(schedule, lastMs, nowMs, missed);
  const next = schedule.next(nowMs);
  if (next === undefined || next - nowMs > leadMs)
    return { firings: late, againMs: next === undefined ? undefined : next - leadMs };
  return { firings: [...late, next], againMs: next };
}

function missedFirings(schedule: Schedule, lastMs: number, nowMs: number, missed: MissedPolicy): number[] {
  if (missed === 'skip') return [];
  let moments: number[] = [];
  const keptMax = missed === 'all' ? missedMax : 1;
  for (let at = schedule.next(lastMs); at !== undefined && at <= nowMs; at = schedule.next(at)) {
    moments.push(at);
    // Years of a schedule by the second are walked, not kept.
    if (moments.length >= 2 * keptMax + 64) moments = moments.slice(-keptMax);
  }
  return moments.slice(-keptMax);
}
