/**
 * The straight line through what was measured, how far it may be off, and when it reaches a limit. All pure. Invariant:
 * a few wild points do not turn the line, and from too few points nothing is foretold.
 */

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
  const points = knownPoints(seconds, values);
  return points.length < trendPointsMin ? undefined : lineThrough(points, slopesOf(points));
}

/** A trend with how far it may be off. */
export interface Forecast extends Trend {
  /** The slope lies between these with 90 % confidence (Sen 1968), if what strays does so independently. */
  readonly slopeLow: number;
  readonly slopeHigh: number;
  /** Nine in ten points lay between these distances from the line. */
  readonly strayLow: number;
  readonly strayHigh: number;
}

/** As `trendOf`, with its band. */
export function forecastOf(
  seconds: ArrayLike<number>,
  values: ArrayLike<number | undefined>,
): Forecast | undefined {
  const points = knownPoints(seconds, values);
  if (points.length < trendPointsMin) return undefined;
  const slopes = slopesOf(points);
  const trend = lineThrough(points, slopes);
  if (trend === undefined) return undefined;
  const strayed = points.map(
    ([second, value]) => value - (trend.level + trend.slopePerSecond * (second - trend.atSecond)),
  );
  const [slopeLow, slopeHigh] = slopeBand(slopes, points.length);
  const sorted = Float64Array.from(strayed).sort();
  return {
    ...trend,
    slopeLow,
    slopeHigh,
    strayLow: quantile(sorted, 0.05),
    strayHigh: quantile(sorted, 0.95),
  };
}

/** A forecast's value after so many seconds from its newest point, with its band. */
export function valueAfter(
  seconds: number,
  { level, slopePerSecond, slopeLow, slopeHigh, strayLow, strayHigh }: Forecast,
): { readonly value: number; readonly low: number; readonly high: number } {
  return {
    value: level + slopePerSecond * seconds,
    low: level + strayLow + slopeLow * seconds,
    high: level + strayHigh + slopeHigh * seconds,
  };
}

/** When a forecast reaches a limit, in seconds from its newest point; what is undefined it does not, on its course. */
export interface Reach {
  readonly seconds: number | undefined;
  readonly earliestSeconds: number | undefined;
  readonly latestSeconds: number | undefined;
}

/** `direction`: 1, the limit is above; -1: below. What is at its limit already reaches it in 0 seconds. */
export function reachOf(limit: number, direction: 1 | -1, forecast: Forecast): Reach {
  const after = (level: number, slope: number): number | undefined => {
    const distance = (limit - level) * direction;
    if (distance <= 0) return 0;
    const speed = slope * direction;
    return speed > 0 ? distance / speed : undefined;
  };
  const { level, slopePerSecond, slopeLow, slopeHigh, strayLow, strayHigh } = forecast;
  const low = after(level + strayLow, slopeLow);
  const high = after(level + strayHigh, slopeHigh);
  const [earliestSeconds, latestSeconds] = direction === 1 ? [high, low] : [low, high];
  return { seconds: after(level, slopePerSecond), earliestSeconds, latestSeconds };
}

/** Seconds from the trend's newest point until its line reaches `limit`; undefined: it moves away, or stands. */
export function secondsUntil(limit: number, { slopePerSecond, level }: Trend): number | undefined {
  const distance = limit - level;
  if (distance === 0) return 0;
  const seconds = distance / slopePerSecond;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

type Point = readonly [second: number, value: number];

/** Thinned. */
function knownPoints(seconds: ArrayLike<number>, values: ArrayLike<number | undefined>): readonly Point[] {
  const known: Point[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value !== undefined && Number.isFinite(value)) known.push([seconds[index]!, value]);
  }
  return thin(known);
}

/** Those of all pairs, in ascending order. */
function slopesOf(points: readonly Point[]): Float64Array {
  const slopes: number[] = [];
  for (const [index, [second, value]] of points.entries()) {
    for (const [earlier, before] of points.slice(0, index))
      if (second !== earlier) slopes.push((value - before) / (second - earlier));
  }
  return Float64Array.from(slopes).sort();
}

function lineThrough(points: readonly Point[], slopes: Float64Array): Trend | undefined {
  const slopePerSecond = middleOf(slopes);
  if (slopePerSecond === undefined) return undefined;
  const atSecond = points.at(-1)![0];
  const levels = points.map(([second, value]) => value + slopePerSecond * (atSecond - second));
  return {
    slopePerSecond,
    level: middleOf(Float64Array.from(levels).sort())!,
    atSecond,
    points: points.length,
  };
}

/** Of the standard normal distribution: 90 % lie within so many deviations. */
const deviations90 = 1.645;

/** Sen's interval: the ranks of Kendall's statistic, without ties. */
function slopeBand(slopes: Float64Array, points: number): readonly [low: number, high: number] {
  const spread = deviations90 * Math.sqrt((points * (points - 1) * (2 * points + 5)) / 18);
  const last = slopes.length - 1;
  const rank = (wanted: number): number => Math.min(last, Math.max(0, Math.round(wanted)));
  return [slopes[rank((slopes.length - spread) / 2 - 1)]!, slopes[rank((slopes.length + spread) / 2)]!];
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round((sorted.length - 1) * share)]!;
}

function thin<T>(all: readonly T[]): readonly T[] {
  if (all.length <= trendPointsMax) return all;
  const step = (all.length - 1) / (trendPointsMax - 1);
  return Array.from({ length: trendPointsMax }, (_, index) => all[Math.round(index * step)]!);
}

function middleOf(sorted: Float64Array): number | undefined {
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
