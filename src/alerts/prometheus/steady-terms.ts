/**
 * Figures of one object that stand still or move evenly, as rules read them and as `promtool` is given them. Pure: both
 * are made from the same numbers, so that Sluice's own judgement is what Prometheus is held to.
 */
import { bucketBounds, seriesOf, type ObjectKind, type Trend } from '../../monitor/index.js';
import type { Terms } from '../rules/terms.js';
import { metricOf } from './promql.js';

/** One column: what it is at the end, and how it moves. Of a quantile: which bucket everything falls into. */
export interface Motion {
  readonly value: number;
  readonly slopePerSecond: number;
  readonly bucket?: number | undefined;
}

/** Columns that a rule reads, by their place in `seriesOf(kind)`. */
export type Motions = ReadonlyMap<number, Motion>;

export class SteadyTerms implements Terms {
  readonly second = 0;
  readonly #motions: Motions;

  constructor(motions: Motions) {
    this.#motions = motions;
  }

  now(column: number): number {
    return this.#motions.get(column)?.value ?? NaN;
  }

  rate(column: number): number {
    return this.#motions.get(column)?.slopePerSecond ?? NaN;
  }

  past(column: number, seconds: number): number {
    const motion = this.#motions.get(column);
    return motion === undefined ? NaN : motion.value - motion.slopePerSecond * seconds;
  }

  trend(column: number): Trend | undefined {
    const motion = this.#motions.get(column);
    if (motion === undefined) return undefined;
    return { slopePerSecond: motion.slopePerSecond, level: motion.value, atSecond: 0, points: 10 };
  }

  baseline(): undefined {
    return undefined;
  }
}

/** The quantile of a histogram all of whose values lie in one bucket, as Prometheus reads it. */
export function quantileIn(bucket: number, quantile: number): number {
  const lower = bucket === 0 ? 0 : bucketBounds[bucket - 1]!;
  return lower + (bucketBounds[bucket]! - lower) * quantile;
}

/** So many observations a second make a quantile known. */
const observationsPerSecond = 10;

/** One series as `promtool` takes it. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** A stretch of time in which everything moves evenly. */
export interface Phase {
  readonly motions: Motions;
  readonly samples: number;
}

/** The series that move so, one phase after the other. A counter goes on where the phase before left it. */
export function inputSeries(
  kind: ObjectKind,
  labels: readonly string[],
  phases: readonly Phase[],
  stepSeconds: number,
): readonly InputSeries[] {
  const pairs = kind.labels.map((label, place) => `${label}=${JSON.stringify(labels[place])}`);
  return [...phases[0]!.motions.keys()].flatMap((column): readonly InputSeries[] => {
    const series = seriesOf(kind)[column]!;
    const { metric, quantile } = metricOf(kind, series);
    const own = phases.map(({ motions, samples }) => ({ motion: motions.get(column)!, samples }));
    if (quantile === undefined) {
      const values = series.kind === 'counter' ? counted(own, stepSeconds) : moved(own, stepSeconds);
      return [{ series: `${series.name}{${pairs.join(',')}}`, values }];
    }
    return [...bucketBounds, Infinity].map((bound, place) => ({
      series: `${metric.name}_bucket{${[...pairs, `le="${bound === Infinity ? '+Inf' : bound}"`].join(',')}}`,
      values: counted(
        own.map(({ motion, samples }) => ({
          motion: { value: 0, slopePerSecond: place >= motion.bucket! ? observationsPerSecond : 0 },
          samples,
        })),
        stepSeconds,
      ),
    }));
  });
}

interface OwnPhase {
  readonly motion: Motion;
  readonly samples: number;
}

function counted(phases: readonly OwnPhase[], stepSeconds: number): string {
  let count = 0;
  const parts = phases.map(({ motion, samples }) => {
    const step = motion.slopePerSecond * stepSeconds;
    const text = `${plain(count)}+${plain(step)}x${samples}`;
    count += step * (samples + 1);
    return text;
  });
  return parts.join(' ');
}

function moved(phases: readonly OwnPhase[], stepSeconds: number): string {
  return phases
    .map(({ motion: { value, slopePerSecond }, samples }) => {
      const step = slopePerSecond * stepSeconds;
      return `${plain(value - step * samples)}${step < 0 ? '-' : '+'}${plain(Math.abs(step))}x${samples}`;
    })
    .join(' ');
}

/** Without an exponent, which promtool does not read here. */
function plain(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
