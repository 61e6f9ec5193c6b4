/** One object at one moment, in columns. Invariant: NaN is unknown, and `figureOf` gives it as absence. */
import type { ObjectKind, Series } from './metric.js';
import { seriesOf } from './metric.js';

/** What a source tells of one object. It may be used again for the next: who keeps it copies it. */
export interface Sample {
  readonly kind: string;
  /** The values of the kind's labels, in their order. */
  readonly labels: readonly string[];
  /** In the order of `seriesOf`; NaN is unknown. Counters count from any beginning. */
  readonly figures: Float64Array;
}

/** Something that can be measured, once a second. */
export interface SampleSource {
  /** What is there now. Called once a second; read in slices, so that what changes meanwhile may be in it or not. */
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
