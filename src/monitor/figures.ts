/**
 * What rules, analysis and exporters read of everything that is measured. Invariant: what could not be measured is
 * absent or NaN, never zero.
 */
import type { Selection, Stretch } from './history/index.js';
import type { Sample } from './sample.js';

export interface Figures {
  /** Unix seconds of the newest complete measurement; undefined: there is none yet. */
  readonly second: number | undefined;
  /** Every object of a kind in the newest measurement. One sample is filled again and again: who keeps it copies it. */
  latest(kind: string): Iterable<Sample>;
  /** Figures of one object in the newest measurement, in the order of `seriesOf`; undefined: it was not measured. */
  find(kind: string, labels: readonly string[]): Float64Array | undefined;
  /** The labels of every object of a kind that history may know something of. */
  objects(kind: string): Iterable<readonly string[]>;
  /** The points of a series, oldest first. Rejects with `bad-input` for more than 20,000 points. */
  select(selection: Selection): Promise<readonly Stretch[]>;
  /** Calls `listener` after each complete measurement, with its Unix second. Gives the way to stop that. */
  onMeasured(listener: (second: number) => void): () => void;
}
