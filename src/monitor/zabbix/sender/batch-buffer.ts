/** Batches that wait to be sent, oldest first. Invariant: never more bytes than it may hold; the oldest go first. */
import type { ValueBatch } from './value-packer.js';

export class BatchBuffer {
  #bytesMax: number;
  readonly #batches: ValueBatch[] = [];
  #bytes = 0;
  #droppedValues = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Of all that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Values that had to go since the beginning, as there was no room. */
  get droppedValues(): number {
    return this.#droppedValues;
  }

  get first(): ValueBatch | undefined {
    return this.#batches[0];
  }

  push(batch: ValueBatch): void {
    this.#batches.push(batch);
    this.#bytes += batch.body.length;
    this.#makeRoom();
  }

  /** Holds so many bytes from now on. */
  limit(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#bytes > this.#bytesMax && this.first !== undefined) {
      this.#droppedValues += this.first.values;
      this.shift();
    }
  }

  /** Takes the first away. */
  shift(): void {
    this.#bytes -= this.#batches.shift()?.body.length ?? 0;
  }
}
