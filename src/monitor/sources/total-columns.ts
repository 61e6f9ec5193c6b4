/** Where the sums of queues stand in a kind that has the rows of `totalRows`. Invariant: both have one order. */
import type { LatencyFigures } from '../../kernel/index.js';
import type { SampleFrame } from '../sample.js';
import { writeLatency, writeUnknownLatency } from './latency-columns.js';
import { totalNames } from './queue-totals.js';

/** Latencies of many queues together; undefined: they are not measured. */
export interface SummedLatencies {
  readonly wait: LatencyFigures;
  readonly processing: LatencyFigures;
  readonly endToEnd: LatencyFigures;
}

const latencies = [
  ['wait', 'message_wait_seconds'],
  ['processing', 'message_processing_seconds'],
  ['endToEnd', 'message_end_to_end_seconds'],
] as const;

export class TotalColumns {
  readonly #figures: Float64Array;
  readonly #first: number;
  readonly #latencies: readonly (readonly [name: keyof SummedLatencies, column: number])[];

  constructor(frame: SampleFrame, prefix: string) {
    this.#figures = frame.figures;
    this.#first = frame.column(`sluice_${prefix}messages_published_total`);
    this.#latencies = latencies.map(([name, column]) => [
      name,
      frame.column(`sluice_${prefix}${column}_count`),
    ]);
  }

  /** Writes what all queues are together; undefined: it is unknown. */
  write(totals: Float64Array | undefined, summed: SummedLatencies | undefined): void {
    if (totals === undefined) this.#figures.fill(NaN, this.#first, this.#first + totalNames.length);
    else this.#figures.set(totals, this.#first);
    for (const [name, column] of this.#latencies)
      if (summed === undefined) writeUnknownLatency(this.#figures, column);
      else writeLatency(this.#figures, column, summed[name]);
  }
}
