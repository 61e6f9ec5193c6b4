/** Any kind of object as a source, by what each of its figures is read from. */
import { assert, type LatencyFigures, type LatencyHistogram } from '../../kernel/index.js';
import { histogramMetrics, type ObjectKind } from '../metric.js';
import { SampleFrame, type Sample, type SampleSource } from '../sample.js';
import { writeLatency, writeNoLatency } from './latency-columns.js';
import { RowSample } from './row-sample.js';

export interface RowSourceOptions<Row> {
  readonly name: string;
  readonly kind: ObjectKind;
  /** Every object, one by one; they may be the same object, filled again. */
  readonly each: () => Iterable<Row>;
  readonly labels: (row: Row) => readonly string[];
  /** As in a sample; left out where nothing is known of that. */
  readonly revision?: (row: Row) => number;
  /** By series without `sluice_`; undefined or NaN is unknown. Series that are not named are unknown. */
  readonly figures: Readonly<Record<string, (row: Row) => number | undefined>>;
  /** By histogram without `sluice_`; undefined: nothing was measured yet. Histograms that are not named are unknown. */
  readonly latencies?: Readonly<Record<string, (row: Row) => LatencyFigures | undefined>>;
}

type Latency<Row> = readonly [column: number, index: number, read: (row: Row) => LatencyFigures | undefined];

export class RowSource<Row> implements SampleSource {
  readonly name: string;
  readonly #options: RowSourceOptions<Row>;
  readonly #columns: readonly (readonly [column: number, read: (row: Row) => number | undefined])[];

  readonly #latencies: readonly Latency<Row>[];

  constructor(options: RowSourceOptions<Row>) {
    this.name = options.name;
    this.#options = options;
    const frame = new SampleFrame(options.kind);
    this.#columns = Object.entries(options.figures).map(([series, read]) => {
      const column = frame.column(`sluice_${series}`);
      assert(column !== -1, `${series} is a series of ${options.kind.name}`);
      return [column, read];
    });
    const histograms = histogramMetrics(options.kind).map(({ name }) => name);
    this.#latencies = Object.entries(options.latencies ?? {}).map(([series, read]) => {
      const index = histograms.indexOf(`sluice_${series}`);
      assert(index !== -1, `${series} is a histogram of ${options.kind.name}`);
      return [frame.column(`sluice_${series}_count`), index, read];
    });
  }

  *observe(): Generator<Sample, void, undefined> {
    const { kind, each, labels, revision } = this.#options;
    const histograms = this.#latencies.length === 0 ? undefined : noHistograms(kind);
    const sample = new RowSample<Row>({ kind, labels: [], histograms, fill: this.#fill });
    for (const row of each()) {
      sample.labels = labels(row);
      for (const [, index, readLatency] of this.#latencies) histograms![index] = readLatency(row)?.total;
      yield sample.show(row, revision?.(row) ?? 0);
    }
  }

  readonly #fill = (row: Row, figures: Float64Array): void => {
    for (const [column, read] of this.#columns) figures[column] = read(row) ?? NaN;
    for (const [column, , readLatency] of this.#latencies) {
      const latency = readLatency(row);
      if (latency === undefined) writeNoLatency(figures, column);
      else writeLatency(figures, column, latency);
    }
  };
}

function noHistograms(kind: ObjectKind): (LatencyHistogram | undefined)[] {
  return histogramMetrics(kind).map(() => undefined);
}
