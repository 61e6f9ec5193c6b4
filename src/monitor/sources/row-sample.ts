/**
 * A sample that is used again for row after row, and whose figures are written when somebody asks for them: of what is
 * known to stand as before nobody does.
 */
import type { ObjectKind } from '../metric.js';
import { SampleFrame, type Sample } from '../sample.js';

export interface RowSampleParts<Row> {
  readonly kind: ObjectKind;
  readonly labels: readonly string[];
  readonly histograms?: Sample['histograms'];
  /** Writes all that is known of a row, and NaN for what is not. */
  readonly fill: (row: Row, figures: Float64Array) => void;
}

export class RowSample<Row> implements Sample {
  readonly kind: string;
  readonly histograms: Sample['histograms'];
  labels: readonly string[];
  revision = 0;
  readonly #fill: RowSampleParts<Row>['fill'];
  readonly #figures: Float64Array;
  #row: Row | undefined;

  constructor({ kind, labels, histograms, fill }: RowSampleParts<Row>) {
    this.kind = kind.name;
    this.labels = labels;
    this.histograms = histograms;
    this.#fill = fill;
    this.#figures = new SampleFrame(kind).figures;
  }

  /** Shows another row, as it is until the next call; `revision` as in a sample. */
  show(row: Row, revision: number): this {
    this.#row = row;
    this.revision = revision;
    return this;
  }

  get figures(): Float64Array {
    const row = this.#row;
    this.#row = undefined;
    if (row !== undefined) this.#fill(row, this.#figures);
    return this.#figures;
  }
}
