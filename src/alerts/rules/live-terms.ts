/** Terms of the object that is looked at now: the last minutes from its table, what is further back from history. */
import type { ObjectKind, Trend } from '../../monitor/index.js';
import { ringSecondsMax, type ObjectTable } from './object-table.js';
import type { PastReader } from './past-reader.js';
import type { Baseline, Terms } from './terms.js';

export class LiveTerms implements Terms {
  second = 0;
  readonly #kind: ObjectKind;
  readonly #table: ObjectTable;
  readonly #past: PastReader;
  #slot = 0;
  #figures: Float64Array = new Float64Array(0);

  constructor(kind: ObjectKind, table: ObjectTable, past: PastReader) {
    this.#kind = kind;
    this.#table = table;
    this.#past = past;
  }

  /** Moves to another object. */
  look(second: number, slot: number, figures: Float64Array): void {
    this.second = second;
    this.#slot = slot;
    this.#figures = figures;
  }

  now(column: number): number {
    return this.#figures[column] ?? NaN;
  }

  rate(column: number, seconds: number): number {
    if (seconds <= ringSecondsMax) return this.#table.rate(this.#slot, column, seconds);
    return this.#past.rate(this.#kind, this.#table.labels(this.#slot), column, seconds);
  }

  past(column: number, seconds: number): number {
    if (seconds <= ringSecondsMax) return this.#table.past(this.#slot, column, seconds);
    return this.#past.past(this.#kind, this.#table.labels(this.#slot), column, seconds);
  }

  trend(column: number, seconds: number): Trend | undefined {
    return this.#past.trend(this.#kind, this.#table.labels(this.#slot), column, seconds);
  }

  baseline(column: number, days: number): Baseline | undefined {
    return this.#past.baseline(this.#kind, this.#table.labels(this.#slot), column, days);
  }
}
