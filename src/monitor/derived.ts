/**
 * What follows from figures: rates, time to drain, forecasts, shares. All pure. Invariant: what cannot be told from the
 * figures is undefined, never zero and never infinite.
 */
import type { Points } from './history/index.js';

/** Increments a second of one point of a counter; undefined: unknown. */
export function rateAt({ weight, sum }: Points, index: number): number | undefined {
  const seconds = weight[index] ?? 0;
  return seconds > 0 ? sum[index]! / seconds : undefined;
}

/** Increments a second over all known points of a counter; undefined: none is known. */
export function rateOf(points: Points): number | undefined {
  let [sum, seconds] = [0, 0];
  for (let index = 0; index < points.capacity; index++) {
    if (points.weight[index] === 0) continue;
    sum += points.sum[index]!;
    seconds += points.weight[index]!;
  }
  return seconds > 0 ? sum / seconds : undefined;
}

/** The mean of one point of a gauge; undefined: unknown. */
export function averageAt({ weight, sum }: Points, index: number): number | undefined {
  const measured = weight[index] ?? 0;
  return measured > 0 ? sum[index]! / measured : undefined;
}

/** When a queue will be empty. */
export type TimeToDrain =
  | { readonly kind: 'empty' }
  | { readonly kind: 'draining'; readonly seconds: number }
  /** It does not become shorter at these rates. */
  | { readonly kind: 'never' }
  | { readonly kind: 'unknown' };

/**
 * Little's arithmetic: length / (leaving − coming), both a second. Acknowledged, expired, dead-lettered and dropped
 * messages all leave.
 */
export function timeToDrain(
  length: number | undefined,
  comingPerSecond: number | undefined,
  leavingPerSecond: number | undefined,
): TimeToDrain {
  if (length === undefined) return { kind: 'unknown' };
  if (length === 0) return { kind: 'empty' };
  if (comingPerSecond === undefined || leavingPerSecond === undefined) return { kind: 'unknown' };
  const netPerSecond = leavingPerSecond - comingPerSecond;
  return netPerSecond > 0 ? { kind: 'draining', seconds: length / netPerSecond } : { kind: 'never' };
}

/** Of what ended, the share that ended after its deadline; undefined: nothing ended, or it is unknown. */
export function missedShare(missed: number | undefined, ended: number | undefined): number | undefined {
  if (missed === undefined || ended === undefined || ended <= 0) return undefined;
  return Math.min(1, missed / ended);
}

/** The share of the points that are unknown: 1, nothing is known; undefined: there are no points. */
export function staleShare({ weight, capacity }: Points): number | undefined {
  if (capacity === 0) return undefined;
  let unknown = 0;
  for (const each of weight) if (each === 0) unknown++;
  return unknown / capacity;
}

/** Seconds from the newest known point's end to the end of the last one; undefined: none is known. */
export function staleSeconds({ weight, capacity }: Points, stepSeconds: number): number | undefined {
  for (let index = capacity - 1; index >= 0; index--)
    if (weight[index]! > 0) return (capacity - 1 - index) * stepSeconds;
  return undefined;
}

/** Up / (up + down), by points of a gauge that is 1 or 0; unknown points count as neither. */
export function availabilityOf(points: Points): number | undefined {
  let [up, measured] = [0, 0];
  for (let index = 0; index < points.capacity; index++) {
    if (points.weight[index] === 0) continue;
    up += points.sum[index]!;
    measured += points.weight[index]!;
  }
  return measured > 0 ? up / measured : undefined;
}
