/**
 * One series over the whole span of a report, summed up. Invariant: what was not measured is counted as unknown time,
 * and never as zero.
 */
import { forecastOf, reachOf, readSeries, seriesNamed, stepFor, type Figures } from '../../monitor/index.js';

/** From and to, in Unix seconds; `toSecond` is no longer in it. */
export interface Span {
  readonly fromSecond: number;
  readonly toSecond: number;
}

/** A point of a series, in its own unit. */
export interface SpanPoint {
  readonly second: number;
  readonly stepSeconds: number;
  /** A counter's increase a second, a gauge's mean; undefined: unknown. */
  readonly value: number | undefined;
  readonly greatest: number | undefined;
}

/** Points looked at for sums and trends. */
const pointsMax = 120;
const secondsAheadMax = 3_650 * 86_400;
/** A pace is carried on for so many times as long as it was measured: one of minutes says nothing about next week. */
const aheadMax = 100;

/** The points of a series; none where history knows nothing of the object. */
export async function pointsOf(
  figures: Figures,
  name: string,
  labels: readonly string[],
  { fromSecond, toSecond }: Span,
  count = pointsMax,
): Promise<SpanPoint[]> {
  const stepSeconds = stepFor(toSecond - fromSecond, count);
  const stretches = await readSeries(figures, { name, labels, fromSecond, toSecond, stepSeconds });
  return stretches.flatMap((stretch) =>
    stretch.values.map((value, index) => ({
      second: stretch.startSecond + index * stretch.stepSeconds,
      stepSeconds: stretch.stepSeconds,
      value: value ?? undefined,
      greatest: stretch.greatest?.[index] ?? undefined,
    })),
  );
}

/** Seconds of the span of which a series is known. */
export function knownSeconds(points: readonly SpanPoint[], { fromSecond, toSecond }: Span): number {
  let known = 0;
  for (const { second, stepSeconds, value } of points) {
    if (value === undefined) continue;
    known += Math.max(0, Math.min(second + stepSeconds, toSecond) - Math.max(second, fromSecond));
  }
  return known;
}

/** What a counter grew by, in the time that is known; undefined: nothing is. */
export async function increaseOf(
  figures: Figures,
  name: string,
  labels: readonly string[],
  { fromSecond, toSecond }: Span,
): Promise<number | undefined> {
  const { kind, series } = seriesNamed(name);
  const stepSeconds = stepFor(toSecond - fromSecond, pointsMax);
  const selection = { kind: kind.name, labels, series: series.id, fromSecond, toSecond, stepSeconds };
  let [sum, isKnown] = [0, false];
  for (const { points } of await figures.select(selection)) {
    for (let index = 0; index < points.capacity; index++) {
      if (points.weight[index] === 0) continue;
      isKnown = true;
      sum += points.sum[index]!;
    }
  }
  return isKnown ? sum / series.scale : undefined;
}

/** The mean of a gauge over what is known of it. */
export function meanOf(points: readonly SpanPoint[]): number | undefined {
  const known = points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

export function greatestOf(points: readonly SpanPoint[]): number | undefined {
  const known = points.flatMap(({ greatest }) => (greatest === undefined ? [] : [greatest]));
  return known.length === 0 ? undefined : Math.max(...known);
}

/**
 * Days until a series reaches a limit at its pace; undefined: it does not, or that is not certain, or too far ahead.
 * Certain: the flattest slope that fits with 90 % confidence leads there too.
 */
export function daysUntil(limit: number, points: readonly SpanPoint[]): number | undefined {
  const forecast = forecastOf(
    points.map(({ second }) => second),
    points.map(({ value }) => value),
  );
  if (forecast === undefined) return undefined;
  const { seconds, latestSeconds } = reachOf(limit, limit < forecast.level ? -1 : 1, forecast);
  if (seconds === undefined || latestSeconds === undefined) return undefined;
  if (seconds > Math.min(secondsAheadMax, aheadMax * measuredSeconds(points))) return undefined;
  return seconds / 86_400;
}

/** From the first known point to the end of the last. */
function measuredSeconds(points: readonly SpanPoint[]): number {
  const isKnown = ({ value }: SpanPoint): boolean => value !== undefined;
  const [first, last] = [points.find(isKnown), points.findLast(isKnown)];
  return first === undefined || last === undefined ? 0 : last.second + last.stepSeconds - first.second;
}
