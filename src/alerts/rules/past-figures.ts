/** Figures of points that history gave: rates, means, what is usual. Pure. Unknown points count for nothing. */
import { trendOf, type Series, type Stretch, type Trend } from '../../monitor/index.js';
import type { Baseline } from './terms.js';

/** Earlier days that must be known before anything is usual. */
const daysKnownMin = 3;

/** Increments a second; NaN: under half of `seconds` is known. Counters of seconds are kept in µs. */
export function rateWithin(stretches: readonly Stretch[], scale: number, seconds: number): number {
  const { sum, weight } = total(stretches);
  return weight === 0 || weight < seconds / 2 ? NaN : sum / weight / scale;
}

/** The mean of a gauge; undefined: nothing is known. */
export function meanAround(stretches: readonly Stretch[], scale: number): number | undefined {
  const { sum, weight } = total(stretches);
  return weight === 0 ? undefined : sum / weight / scale;
}

/** A gauge's weight counts measurements, a counter's seconds. */
function total(stretches: readonly Stretch[]): { readonly sum: number; readonly weight: number } {
  let [sum, weight] = [0, 0];
  for (const { points } of stretches) {
    for (let at = 0; at < points.capacity; at++) {
      if (points.weight[at] === 0) continue;
      sum += points.sum[at]!;
      weight += points.weight[at]!;
    }
  }
  return { sum, weight };
}

/** The line through the means of points; undefined: under half of `seconds` is known. */
export function trendWithin(
  stretches: readonly Stretch[],
  scale: number,
  seconds: number,
): Trend | undefined {
  let knownSeconds = 0;
  for (const { stepSeconds, points } of stretches)
    for (const weight of points.weight) if (weight > 0) knownSeconds += stepSeconds;
  if (knownSeconds < seconds / 2) return undefined;
  const points = flatten(stretches, scale);
  return trendOf(points.seconds, points.values);
}

/** Means by the middle of their points; undefined where unknown. */
function flatten(
  stretches: readonly Stretch[],
  scale: number,
): { readonly seconds: number[]; readonly values: (number | undefined)[] } {
  const seconds: number[] = [];
  const values: (number | undefined)[] = [];
  for (const { startSecond, stepSeconds, points } of stretches) {
    for (let at = 0; at < points.capacity; at++) {
      const weight = points.weight[at]!;
      seconds.push(startSecond + (at + 0.5) * stepSeconds);
      values.push(weight === 0 ? undefined : points.sum[at]! / weight / scale);
    }
  }
  return { seconds, values };
}

/** What is usual, from the same time of earlier days; undefined: too few of them are known. */
export function baselineOf(days: readonly (readonly Stretch[])[], { scale }: Series): Baseline | undefined {
  const known = days.map((stretches) =>
    flatten(stretches, scale).values.filter((value) => value !== undefined),
  );
  const daysKnown = known.filter((values) => values.length > 0).length;
  if (daysKnown < daysKnownMin) return undefined;
  const all = Float64Array.from(known.flat()).sort();
  const median = middle(all);
  const distances = all.map((value) => Math.abs(value - median)).sort();
  const spread = Math.max(middle(distances) * 1.4826, usualExtreme(known, median) / 1.96);
  return { median, spread, days: daysKnown };
}

/**
 * How far one in twenty points of a day lies from the median: bursts that come every day are usual. Of the days the
 * middle one counts, so that a day on which something was the matter makes nothing usual.
 */
function usualExtreme(days: readonly (readonly number[])[], median: number): number {
  const extremes = days
    .filter((values) => values.length > 0)
    .map((values) => {
      const distances = Float64Array.from(values, (value) => Math.abs(value - median)).sort();
      return distances[Math.floor((distances.length - 1) * 0.95)]!;
    });
  return middle(Float64Array.from(extremes).sort());
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
