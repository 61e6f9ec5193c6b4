/**
 * Finds, while records are read in order, how far watermarks prove them durable. Every batch ends with a watermark
 * that names the end of an earlier one, so few ends are remembered at a time.
 */

/** Where a batch ends. */
export interface BatchEnd {
  readonly segment: number;
  readonly offset: number;
  readonly sequence: number;
}

export class ProvenEnd {
  /** Ends that may be proven yet, oldest first; the first is proven. */
  readonly #ends: BatchEnd[];

  /** Everything before `start` is durable. */
  constructor(start: BatchEnd) {
    this.#ends = [start];
  }

  /** Notes the watermark record that ends at `end` and says that everything up to `durable` is durable. */
  note(end: BatchEnd, durable: number): void {
    this.#ends.push(end);
    while (this.#ends.length > 1 && this.#ends[1]!.sequence <= durable) this.#ends.shift();
  }

  /** Everything before it is durable. */
  get proven(): BatchEnd {
    return this.#ends[0]!;
  }
}
