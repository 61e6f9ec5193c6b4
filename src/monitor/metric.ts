/**
 * The shape of metrics: what kinds of objects are measured, and by which figures. Invariant: the numbers of kinds and
 * metrics stand in history files; they are never changed and never used again.
 */

export type MetricUnit = 'messages' | 'bytes' | 'seconds' | 'ratio' | 'count' | 'boolean';

/** A counter only grows, but for resets; a gauge is what it is at a moment; a histogram has quantiles. */
export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** What stands for many objects: their sum, the greatest or least of them; `none`: nothing does. */
export type Combination = 'sum' | 'greatest' | 'least' | 'none';

export interface Metric {
  /** Unique within its object kind, 1 to 1,000. */
  readonly id: number;
  /** In metric exporters, `sluice_messages_ready`. */
  readonly name: string;
  /** One sentence, as exporters give it. */
  readonly help: string;
  readonly unit: MetricUnit;
  readonly kind: MetricKind;
  readonly combination: Combination;
}

/** A kind of thing that is measured. */
export interface ObjectKind {
  readonly name: string;
  /** What tells one object of the kind from another; the values of a sample's `labels`, in this order. */
  readonly labels: readonly string[];
  /** So many of the labels, from the first, are left in the sums that exporters show; undefined: nothing is added up. */
  readonly summedBy?: number;
  readonly metrics: readonly Metric[];
}

/** A column of figures: a metric, or one figure of a histogram. */
export interface Series {
  /** Metric × 8, plus the figure of a histogram. */
  readonly id: number;
  /** The metric's name, with a suffix for a figure of a histogram. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly unit: MetricUnit;
  /** History keeps whole numbers: value × scale. Seconds are kept in µs. */
  readonly scale: number;
}

/** The figures of a histogram in a sample, in this order. The quantiles and the greatest are those of one second. */
const histogramFigures = [
  { suffix: '_count', kind: 'counter' },
  { suffix: '_sum', kind: 'counter' },
  { suffix: '_p50', kind: 'gauge' },
  { suffix: '_p95', kind: 'gauge' },
  { suffix: '_p99', kind: 'gauge' },
  { suffix: '_p999', kind: 'gauge' },
  { suffix: '_max', kind: 'gauge' },
] as const;

const scales: Readonly<Record<MetricUnit, number>> = {
  messages: 1,
  bytes: 1,
  count: 1,
  boolean: 1,
  seconds: 1e6,
  ratio: 1e6,
};

/** The columns of a sample of `kind`, in order. */
export function seriesOf(kind: ObjectKind): readonly Series[] {
  return kind.metrics.flatMap((metric): readonly Series[] => {
    const { id, name, unit } = metric;
    if (metric.kind !== 'histogram')
      return [{ id: id * 8, name, kind: metric.kind, unit, scale: scales[unit] }];
    return histogramFigures.map(({ suffix, kind: figureKind }, figure) => {
      const own: MetricUnit = suffix === '_count' ? 'count' : unit;
      return { id: id * 8 + figure, name: name + suffix, kind: figureKind, unit: own, scale: scales[own] };
    });
  });
}

/** What stands for many in each column of `seriesOf`. Quantiles cannot be added up. */
export function combineOf(kind: ObjectKind): readonly Combination[] {
  return kind.metrics.flatMap((metric): readonly Combination[] =>
    metric.kind === 'histogram'
      ? histogramFigures.map(({ kind: figureKind }) => (figureKind === 'counter' ? 'sum' : 'none'))
      : [metric.combination],
  );
}

/** The metrics of a kind of which a sample carries histograms, in that order. */
export function histogramMetrics(kind: ObjectKind): readonly Metric[] {
  return kind.metrics.filter((metric) => metric.kind === 'histogram');
}
