/**
 * The newest measurement of every object of one kind, in columns: one that is being taken fills a second set, and
 * takes the place of the first when it is complete. Invariant: readers see complete measurements alone, and an object
 * keeps its row while it is measured. Memory: 16 bytes a figure, and the labels.
 */
import type { LatencyHistogram } from '../kernel/index.js';
import { LabelTree } from './label-tree.js';
import type { ObjectKind } from './metric.js';
import { seriesOf } from './metric.js';
import type { Sample } from './sample.js';
import { KindSums } from './sums.js';

/** A row that nobody measures any more. */
const noSource = -1;
const initialRows = 16;

interface Columns {
  figures: Float64Array;
  isMeasured: Uint8Array;
  /** Of what stands in `figures`; 0: it has none. */
  revisions: Float64Array;
}

function noColumns(): Columns {
  return { figures: new Float64Array(0), isMeasured: new Uint8Array(0), revisions: new Float64Array(0) };
}

export class LatestKind {
  readonly kind: ObjectKind;
  readonly sums: KindSums;
  readonly #width: number;
  readonly #rows = new LabelTree<number>();
  #labels: (readonly string[])[] = [];
  #histograms: ((LatencyHistogram | undefined)[] | undefined)[] = [];
  /** Which source measured the row last. */
  #sources: number[] = [];
  #free: number[] = [];
  #capacity = 0;
  #shown = noColumns();
  #filling = noColumns();

  constructor(kind: ObjectKind) {
    this.kind = kind;
    this.#width = seriesOf(kind).length;
    this.sums = new KindSums(kind);
  }

  /** Rows, whether they are measured or not. */
  get rows(): number {
    return this.#labels.length;
  }

  begin(): void {
    this.#filling.isMeasured.fill(0);
    this.sums.begin();
  }

  measure(sample: Sample, source: number): void {
    const row = this.#rows.find(sample.labels) ?? this.#take(sample.labels);
    const { revision = 0 } = sample;
    const into = this.#filling;
    into.isMeasured[row] = 1;
    this.#sources[row] = source;
    if (revision !== 0 && into.revisions[row] === revision) return;
    into.revisions[row] = revision;
    this.#keepHistograms(row, sample.histograms);
    if (revision !== 0 && this.#shown.revisions[row] === revision) {
      const [start, end] = [row * this.#width, (row + 1) * this.#width];
      into.figures.set(this.#shown.figures.subarray(start, end), start);
      return;
    }
    const { figures } = sample;
    for (let column = 0, at = row * this.#width; column < this.#width; column++, at++)
      into.figures[at] = figures[column]!;
  }

  /** Shows what was measured since `begin`; rows that their source no longer tells of are given up. */
  complete(hasFailed: (source: number) => boolean): void {
    [this.#shown, this.#filling] = [this.#filling, this.#shown];
    const { isMeasured } = this.#shown;
    for (let row = 0; row < this.rows; row++) {
      const source = this.#sources[row]!;
      if (isMeasured[row] === 0 && source !== noSource && !hasFailed(source)) this.#release(row);
    }
  }

  /** Fills `sample` with the object of a row; false: nothing is measured there. */
  read(row: number, sample: { -readonly [Field in keyof Sample]: Sample[Field] }): boolean {
    if (this.#shown.isMeasured[row] !== 1) return false;
    sample.labels = this.#labels[row]!;
    sample.histograms = this.#histograms[row];
    // A view of the row and a copy of that would take five times as long.
    const { figures } = this.#shown;
    for (let column = 0, at = row * this.#width; column < this.#width; column++, at++)
      sample.figures[column] = figures[at]!;
    return true;
  }

  /** The figures of an object, until the next measurement but one; undefined: it was not measured. */
  find(labels: readonly string[]): Float64Array | undefined {
    const row = this.#rows.find(labels);
    return row === undefined || this.#shown.isMeasured[row] !== 1 ? undefined : this.#figuresOf(row);
  }

  /** The labels of what is measured. */
  objects(): (readonly string[])[] {
    return this.#labels.filter((_, row) => this.#shown.isMeasured[row] === 1);
  }

  /** A source may use its list again for the next object. */
  #keepHistograms(row: number, histograms: Sample['histograms']): void {
    const kept = this.#histograms[row];
    if (histograms === undefined || kept?.length !== histograms.length) {
      this.#histograms[row] = histograms === undefined ? undefined : [...histograms];
      return;
    }
    for (let index = 0; index < kept.length; index++) kept[index] = histograms[index];
  }

  #figuresOf(row: number): Float64Array {
    return this.#shown.figures.subarray(row * this.#width, (row + 1) * this.#width);
  }

  #take(labels: readonly string[]): number {
    const row = this.#free.pop() ?? this.rows;
    const kept = [...labels];
    this.#labels[row] = kept;
    this.#rows.put(kept, row);
    if (row >= this.#capacity) this.#grow();
    this.#shown.revisions[row] = this.#filling.revisions[row] = 0;
    return row;
  }

  /** What the object counted last stays in the sums. */
  #release(row: number): void {
    const labels = this.#labels[row]!;
    const last = this.#filling.figures.subarray(row * this.#width, (row + 1) * this.#width);
    this.sums.retire(labels, last, this.#histograms[row]);
    this.#rows.remove(labels);
    this.#sources[row] = noSource;
    this.#histograms[row] = undefined;
    this.#free.push(row);
  }

  #grow(): void {
    this.#capacity = Math.max(initialRows, Math.ceil(this.#capacity * 1.5));
    for (const columns of [this.#shown, this.#filling]) {
      const figures = new Float64Array(this.#capacity * this.#width).fill(NaN);
      figures.set(columns.figures);
      const isMeasured = new Uint8Array(this.#capacity);
      isMeasured.set(columns.isMeasured);
      const revisions = new Float64Array(this.#capacity);
      revisions.set(columns.revisions);
      Object.assign(columns, { figures, isMeasured, revisions });
    }
  }
}
