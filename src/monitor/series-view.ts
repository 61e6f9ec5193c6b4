/**
 * A series between two moments in its own unit, as people and programs read it: a counter as its increase a second, a
 * gauge as its mean, with the least and the greatest value. Invariant: what is unknown is null, never zero.
 */
import { SluiceError } from '../kernel/index.js';
import { catalogue } from './catalogue.js';
import type { Figures } from './figures.js';
import type { Stretch } from './history/index.js';
import { seriesOf, type ObjectKind, type Series } from './metric.js';

/** A series and the kind of object that has it. */
export interface NamedSeries {
  readonly kind: ObjectKind;
  readonly series: Series;
}

const byName: ReadonlyMap<string, NamedSeries> = new Map(
  catalogue.flatMap((kind) => seriesOf(kind).map((series) => [series.name, { kind, series }])),
);

/** By its name, with or without `sluice_`. Throws `not-found`. */
export function seriesNamed(name: string): NamedSeries {
  const found = byName.get(name) ?? byName.get(`sluice_${name}`);
  if (found !== undefined) return found;
  throw new SluiceError('not-found', `no series ${name.slice(0, 100)}; the catalogue names them all`);
}

/** One stretch of points of equal length, oldest first; point `i` begins at `startSecond + i × stepSeconds`. */
export interface SeriesStretch {
  readonly startSecond: number;
  readonly stepSeconds: number;
  /** Its points are longer than was asked for: nothing finer reaches back so far. */
  readonly isCoarser: boolean;
  /** A counter's increase a second, a gauge's mean; null: unknown. */
  readonly values: readonly (number | null)[];
  /** Of a gauge. */
  readonly least?: readonly (number | null)[];
  readonly greatest?: readonly (number | null)[];
}

export interface SeriesQuery {
  readonly name: string;
  /** The values of the kind's labels, in their order. */
  readonly labels: readonly string[];
  /** Unix seconds; `toSecond` is no longer in it. */
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
}

/** Steps that divide into those of history, finest first. */
const steps = [1, 10, 60, 300, 900, 3_600, 14_400, 86_400];

/** The finest step that gives at most `pointsMax` points over so many seconds. */
export function stepFor(seconds: number, pointsMax: number): number {
  return steps.find((step) => seconds / step <= pointsMax) ?? Math.ceil(seconds / pointsMax / 60) * 60;
}

/** Reads a series. Throws `not-found` for an unknown one, `bad-input` for more than 20,000 points. */
export async function readSeries(figures: Figures, query: SeriesQuery): Promise<SeriesStretch[]> {
  const { kind, series } = seriesNamed(query.name);
  const { labels, fromSecond, toSecond, stepSeconds } = query;
  const times = { fromSecond, toSecond, stepSeconds };
  const stretches = await figures.select({ kind: kind.name, labels, series: series.id, ...times });
  return stretches.map((stretch) => viewOf(stretch, series, stepSeconds));
}

function viewOf(
  { startSecond, stepSeconds, points }: Stretch,
  series: Series,
  wanted: number,
): SeriesStretch {
  const column = (valueAt: (index: number) => number): (number | null)[] =>
    Array.from({ length: points.capacity }, (_, index) =>
      points.weight[index] === 0 ? null : valueAt(index) / series.scale,
    );
  return {
    startSecond,
    stepSeconds,
    isCoarser: stepSeconds > wanted,
    values: column((index) => points.sum[index]! / points.weight[index]!),
    ...(series.kind === 'counter'
      ? {}
      : { least: column((index) => points.min[index]!), greatest: column((index) => points.max[index]!) }),
  };
}
