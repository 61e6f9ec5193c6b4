/** One object at one moment, in columns. Invariant: NaN is unknown, and `figureOf` gives it as absence. */
import type { LatencyHistogram } from '../kernel/index.js';
import type { ObjectKind, Series } from './metric.js';
import { seriesOf } from './metric.js';

/** What a source tells of one object. It may be used again for the next: who keeps it copies it. */
export interface Sample {
  readonly kind: string;
  /** The values of the kind's labels, in their order. */
  readonly labels: readonly string[];
  /** In the order of `seriesOf`; NaN is unknown. Counters count from any beginning. */
  readonly figures: Float64Array;
  /**
   * Two samples of an object with the same revision have the same figures and histograms, so that the second need not be
   * taken in. Never used for another object of the kind. Left out or 0: nothing is known of that.
   */
  readonly revision?: number;
  /**
   * What the figures of the kind's histograms are taken from, in the order of those metrics, all that was recorded since
   * the beginning: exporters count their buckets. They stay the source's, which records into them. Undefined: not kept.
   */
  readonly histograms?: readonly (LatencyHistogram | undefined)[] | undefined;
}

/** Something that can be measured, once a second. */
export interface SampleSource {
  /** Names it where its health is told: `queues`, `node`, the name of an engine. */
  readonly name: string;
  /**
   * Counters of objects that are gone, by the labels that are left in sums. Called before `observe`. Without it, what was
   * measured last of an object stays in the sums.
   */
  gone?(): Iterable<Sample>;
  /** What is there now; throws while nothing can be measured. Called once a second; read in slices, so that what changes meanwhile may be in it or not. */
  observe(): Iterable<Sample>;
}

/** Fills samples of one kind, one after another, in the same columns. */
export class SampleFrame {
  readonly kind: string;
  readonly figures: Float64Array;
  readonly #columns: ReadonlyMap<string, number>;

  constructor(kind: ObjectKind) {
    const series: readonly Series[] = seriesOf(kind);
    this.kind = kind.name;
    this.figures = new Float64Array(series.length).fill(NaN);
    this.#columns = new Map(series.map(({ name }, column) => [name, column]));
  }

  /** Where a series stands in `figures`; -1: the kind does not have it. */
  column(series: string): number {
    return this.#columns.get(series) ?? -1;
  }

  /** Makes every figure unknown. */
  clear(): void {
    this.figures.fill(NaN);
  }
}

/** A figure in its unit; undefined: unknown. */
export function figureOf(sample: Sample, column: number): number | undefined {
  const figure = sample.figures[column];
  return figure === undefined || Number.isNaN(figure) ? undefined : figure;
}
