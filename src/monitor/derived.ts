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

/** A straight line through what was measured: `value = level + slopePerSecond × (second − atSecond)`. */
export interface Trend {
  readonly slopePerSecond: number;
  /** The line's value at `atSecond`. */
  readonly level: number;
  readonly atSecond: number;
  /** Points it rests on. */
  readonly points: number;
}

/** More points than that are thinned evenly: the slopes of all pairs are looked at. */
const trendPointsMax = 120;
const trendPointsMin = 5;

/**
 * The Theil–Sen line (Sen 1968): the median of the slopes of all pairs of points, and of what they leave. Up to 29 % of
 * the points may be wild. Undefined: fewer than five points are known.
 */
export function trendOf(
  seconds: ArrayLike<number>,
  values: ArrayLike<number | undefined>,
): Trend | undefined {
  const known: (readonly [second: number, value: number])[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value !== undefined && Number.isFinite(value)) known.push([seconds[index]!, value]);
  }
  const thinned = thin(known);
  if (thinned.length < trendPointsMin) return undefined;
  const slopes: number[] = [];
  for (const [index, [second, value]] of thinned.entries()) {
    for (const [earlier, before] of thinned.slice(0, index))
      if (second !== earlier) slopes.push((value - before) / (second - earlier));
  }
  const slopePerSecond = median(slopes);
  if (slopePerSecond === undefined) return undefined;
  const atSecond = thinned.at(-1)![0];
  const level = median(thinned.map(([second, value]) => value + slopePerSecond * (atSecond - second)))!;
  return { slopePerSecond, level, atSecond, points: thinned.length };
}

/** Seconds from the trend's newest point until its line reaches `limit`; undefined: it moves away, or stands. */
export function secondsUntil(limit: number, { slopePerSecond, level }: Trend): number | undefined {
  const distance = limit - level;
  if (distance === 0) return 0;
  const seconds = distance / slopePerSecond;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
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

function thin<T>(all: readonly T[]): readonly T[] {
  if (all.length <= trendPointsMax) return all;
  const step = (all.length - 1) / (trendPointsMax - 1);
  return Array.from({ length: trendPointsMax }, (_, index) => all[Math.round(index * step)]!);
}

function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
