/**
 * The publishes of one confirming channel that are not confirmed yet. Invariant: tags grow by one from publish
 * to publish, and a publish is confirmed no earlier than all before it, so that one confirm can cover a range.
 */
import { unrolled } from './release-marks.js';

const initialEntries = 16;
/** A ring that grew beyond this many entries is given back when it empties. */
const keptEntriesMax = 4096;

export class ConfirmRing {
  #sequences: Float64Array | undefined;
  /** The last tag that each entry's sequence covers. */
  #tags: Float64Array | undefined;
  #head = 0;
  #count = 0;
  #lastSequence = 0;
  #confirmedTag = 0;

  /** Whether anything waits to be confirmed. */
  get pending(): boolean {
    return this.#count > 0;
  }

  /** The last tag that was confirmed: what a confirm of a later one covers begins after it. */
  get confirmedTag(): number {
    return this.#confirmedTag;
  }

  /** Publishes that wait. */
  get unconfirmed(): number {
    if (this.#count === 0) return 0;
    return this.#tags![(this.#head + this.#count - 1) & (this.#tags!.length - 1)]! - this.#confirmedTag;
  }

  /** The publish `tag` may be confirmed once `sequence` is durable; 0: at once, but after those before it. */
  add(tag: number, sequence: number): void {
    if (this.#count > 0 && sequence <= this.#lastSequence) {
      this.#tags![(this.#head + this.#count - 1) & (this.#tags!.length - 1)] = tag;
      return;
    }
    if (this.#tags === undefined || this.#count === this.#tags.length) this.#grow();
    const at = (this.#head + this.#count) & (this.#tags!.length - 1);
    this.#tags![at] = tag;
    this.#sequences![at] = sequence;
    this.#lastSequence = sequence;
    this.#count++;
  }

  /** Takes out all that `durableSequence` covers; gives the highest of their tags, or 0 when there is none. */
  settle(durableSequence: number): number {
    if (this.#count === 0) return 0;
    const sequences = this.#sequences!;
    const mask = sequences.length - 1;
    let tag = 0;
    while (this.#count > 0 && sequences[this.#head]! <= durableSequence) {
      tag = this.#tags![this.#head]!;
      this.#head = (this.#head + 1) & mask;
      this.#count--;
    }
    if (tag > 0) this.#confirmedTag = tag;
    if (this.#count === 0 && sequences.length > keptEntriesMax) this.#release();
    return tag;
  }

  #release(): void {
    this.#sequences = undefined;
    this.#tags = undefined;
    this.#head = 0;
  }

  #grow(): void {
    const capacity = this.#tags === undefined ? initialEntries : this.#tags.length * 2;
    this.#sequences = unrolled(this.#sequences, this.#head, this.#count, capacity);
    this.#tags = unrolled(this.#tags, this.#head, this.#count, capacity);
    this.#head = 0;
  }
}
