/**
 * How fast counters grow, a second, between the last two readings of one kind of object, five seconds apart. Invariant:
 * a rate that was not measured is unknown, never zero. Memory: 16 bytes a counter and the names of each object.
 */
import { LabelTree } from './label-tree.js';
import { seriesOf, type ObjectKind } from './metric.js';
import type { Sample } from './sample.js';

const everySeconds = 5;
const initialRows = 16;

/** Readings of every object at two moments, row by row. */
interface Reading {
  counters: Float64Array;
  /** When each row was read, Unix seconds; 0: it was not. */
  seconds: Float64Array;
}

export class RecentRates {
  readonly #kind: string;
  /** The columns that count. */
  readonly #columns: readonly number[];
  readonly #rows = new LabelTree<number>();
  readonly #labels: (readonly string[] | undefined)[] = [];
  readonly #free: number[] = [];
  #older = noReading();
  #newer = noReading();
  /** Of what was read last of each row; 0: it has none. */
  #revisions = new Float64Array(0);
  #second = 0;
  #isReading = false;

  /** Counters of the kind; of histograms, nothing. */
  constructor(kind: ObjectKind) {
    this.#kind = kind.name;
    const counters = new Set(
      kind.metrics.filter((metric) => metric.kind === 'counter').map(({ name }) => name),
    );
    this.#columns = seriesOf(kind).flatMap(({ name }, column) => (counters.has(name) ? [column] : []));
  }

  /** A measurement begins. */
  begin(second: number): void {
    this.#isReading = second - this.#second >= everySeconds;
    if (!this.#isReading) return;
    this.#second = second;
    [this.#older, this.#newer] = [this.#newer, this.#older];
    this.#newer.seconds.fill(0);
  }

  /** Its labels stay as they are. */
  measure(sample: Sample): void {
    if (!this.#isReading || sample.kind !== this.#kind) return;
    const { labels, revision = 0 } = sample;
    const row = this.#rows.find(labels) ?? this.#take(labels);
    const { counters, seconds } = this.#newer;
    seconds[row] = this.#second;
    const at = row * this.#columns.length;
    const isUnchanged = revision !== 0 && revision === this.#revisions[row] && this.#older.seconds[row] !== 0;
    this.#revisions[row] = revision;
    if (isUnchanged) {
      // Its figures are put together when they are read: of 10,000 queues few have changed.
      counters.set(this.#older.counters.subarray(at, at + this.#columns.length), at);
      return;
    }
    const { figures } = sample;
    for (let index = 0; index < this.#columns.length; index++)
      counters[at + index] = figures[this.#columns[index]!]!;
  }

  /** It is complete: objects that were in neither reading are forgotten. */
  complete(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    for (let row = 0; row < this.#labels.length; row++) {
      const labels = this.#labels[row];
      if (labels === undefined || this.#newer.seconds[row] !== 0 || this.#older.seconds[row] !== 0) continue;
      this.#rows.remove(labels);
      this.#labels[row] = undefined;
      this.#free.push(row);
    }
  }

  /** Increments a second of the counter in a column of `seriesOf`; undefined: unknown, or not a counter. */
  rateOf(labels: readonly string[], column: number): number | undefined {
    const [row, index] = [this.#rows.find(labels), this.#columns.indexOf(column)];
    if (row === undefined || index < 0) return undefined;
    const [from, to] = [this.#older.seconds[row]!, this.#newer.seconds[row]!];
    if (from === 0 || to <= from) return undefined;
    const at = row * this.#columns.length + index;
    const grown = this.#newer.counters[at]! - this.#older.counters[at]!;
    // One that began anew tells nothing of the time between.
    return grown >= 0 ? grown / (to - from) : undefined;
  }

  #take(labels: readonly string[]): number {
    const row = this.#free.pop() ?? this.#labels.length;
    const kept = [...labels];
    this.#labels[row] = kept;
    this.#rows.put(kept, row);
    if (row >= this.#newer.seconds.length) this.#grow();
    this.#older.seconds[row] = this.#revisions[row] = 0;
    return row;
  }

  #grow(): void {
    const capacity = Math.max(initialRows, Math.ceil(this.#newer.seconds.length * 1.5));
    for (const reading of [this.#older, this.#newer]) {
      const seconds = new Float64Array(capacity);
      seconds.set(reading.seconds);
      const counters = new Float64Array(capacity * this.#columns.length);
      counters.set(reading.counters);
      Object.assign(reading, { counters, seconds });
    }
    const revisions = new Float64Array(capacity);
    revisions.set(this.#revisions);
    this.#revisions = revisions;
  }
}

function noReading(): Reading {
  return { counters: new Float64Array(0), seconds: new Float64Array(0) };
}
