/**
 * How many live references each segment has, and how many bytes they cover. Counted on every publish and
 * acknowledgement, hence typed arrays indexed by segment number.
 */
import { assert } from '../kernel/index.js';

export class LiveCounts {
  /** Number of the segment at index 0. */
  readonly #first: number;
  #counts = new Float64Array(1024);
  #bytes = new Float64Array(1024);
  totalBytes = 0;

  /** No segment before `first` will ever be named. */
  constructor(first: number) {
    this.#first = first;
  }

  retain(segment: number, bytes: number): void {
    const index = segment - this.#first;
    if (index < 0) return;
    if (index >= this.#counts.length) this.#grow(index);
    this.#counts[index]!++;
    this.#bytes[index]! += bytes;
    this.totalBytes += bytes;
  }

  release(segment: number, bytes: number): void {
    const index = segment - this.#first;
    if (index < 0) return;
    assert(index < this.#counts.length && this.#counts[index]! > 0, 'what is released was retained');
    this.#counts[index]!--;
    this.#bytes[index]! -= bytes;
    this.totalBytes -= bytes;
  }

  countOf(segment: number): number {
    return this.#counts[segment - this.#first] ?? 0;
  }

  bytesOf(segment: number): number {
    return this.#bytes[segment - this.#first] ?? 0;
  }

  /** Segments with live references, in order. */
  *referenced(): Generator<number> {
    for (let index = 0; index < this.#counts.length; index++) {
      if (this.#counts[index]! > 0) yield index + this.#first;
    }
  }

  #grow(index: number): void {
    const length = Math.max(index + 1, 2 * this.#counts.length);
    const counts = new Float64Array(length);
    const bytes = new Float64Array(length);
    counts.set(this.#counts);
    bytes.set(this.#bytes);
    this.#counts = counts;
    this.#bytes = bytes;
  }
}
