/**
 * Every object of one kind as it was at one moment, and its lines, metric by metric. Invariant: figures are held, and
 * text only until it is taken: 10,000 queues in full are 55 MB of it, and 5 MB of figures.
 */
import type { LatencyHistogram } from '../../kernel/index.js';
import type { ObjectKind } from '../metric.js';
import { seriesOf } from '../metric.js';
import type { Sample } from '../sample.js';
import { histogramLines, type BucketDetail } from './buckets.js';
import { labelPairs, metricHead, type MetricFormat } from './metric-text.js';

const pieceLength = 16_384;
const initialRows = 64;

interface Family {
  readonly name: string;
  /** In the figures of a sample; of a histogram the first of its figures. */
  readonly column: number;
  /** Which of the sample's histograms; -1: it is none. */
  readonly histogram: number;
}

export class ObjectRows {
  readonly #kind: ObjectKind;
  readonly #width: number;
  readonly #labels: string[] = [];
  readonly #histograms: (readonly (LatencyHistogram | undefined)[] | undefined)[] = [];
  #figures: Float64Array;

  constructor(kind: ObjectKind) {
    this.#kind = kind;
    this.#width = seriesOf(kind).length;
    this.#figures = new Float64Array(initialRows * this.#width);
  }

  add({ labels, figures, histograms }: Sample): void {
    const start = this.#labels.length * this.#width;
    if (start === this.#figures.length) {
      const larger = new Float64Array(2 * start);
      larger.set(this.#figures);
      this.#figures = larger;
    }
    for (let column = 0; column < this.#width; column++) this.#figures[start + column] = figures[column]!;
    this.#labels.push(labelPairs(this.#kind.labels, labels));
    this.#histograms.push(histograms === undefined ? undefined : [...histograms]);
  }

  /** The lines of each metric that has any, in pieces; `detail`: how many buckets the histograms have. */
  *text(format: MetricFormat, detail: BucketDetail): Generator<string, void, undefined> {
    const series = seriesOf(this.#kind);
    let histogram = 0;
    for (const metric of this.#kind.metrics) {
      const family: Family = {
        name: metric.name,
        column: series.findIndex(({ id }) => id === metric.id * 8),
        histogram: metric.kind === 'histogram' ? histogram++ : -1,
      };
      let piece = '';
      let isBegun = false;
      for (let row = 0; row < this.#labels.length; row++) {
        const line = this.#line(row, family, detail);
        if (line === '') continue;
        if (!isBegun) piece = metricHead(metric, format);
        isBegun = true;
        piece += line;
        if (piece.length < pieceLength) continue;
        yield piece;
        piece = '';
      }
      if (piece !== '') yield piece;
    }
  }

  /** Empty: unknown, or nothing to tell. */
  #line(row: number, { name, column, histogram }: Family, detail: BucketDetail): string {
    const at = row * this.#width + column;
    const value = this.#figures[at]!;
    if (Number.isNaN(value)) return '';
    const labels = this.#labels[row]!;
    if (histogram === -1) return `${name}{${labels}} ${value}\n`;
    if (value === 0 && detail !== 'all') return '';
    const measured = this.#histograms[row]?.[histogram];
    const known = measured !== undefined && measured.count > 0 ? measured : undefined;
    return histogramLines(name, labels, { count: value, sum: this.#figures[at + 1]! }, known, detail);
  }
}
