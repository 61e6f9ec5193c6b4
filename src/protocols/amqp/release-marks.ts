/**
 * Which bytes of an output may leave: an ordered ring of marks, each saying "from this offset on, wait until
 * this journal sequence is durable". Invariant: sequences and offsets both grow strictly from mark to mark.
 */

const initialMarks = 16;
/** A ring that grew beyond this many marks is given back when it empties. */
const keptMarksMax = 4096;

export class ReleaseMarks {
  #sequences: Float64Array | undefined;
  #offsets: Float64Array | undefined;
  #head = 0;
  #count = 0;
  #lastSequence = 0;

  /** Marks still waiting. */
  get count(): number {
    return this.#count;
  }

  /** The sequence of the last mark still waiting; 0 when there is none. */
  get lastSequence(): number {
    return this.#count > 0 ? this.#lastSequence : 0;
  }

  /** Bytes from `offset` on wait for `sequence`; a sequence already waited for needs no new mark. */
  add(sequence: number, offset: number): void {
    if (this.#count > 0 && sequence <= this.#lastSequence) return;
    if (this.#sequences === undefined || this.#count === this.#sequences.length) this.#grow();
    const at = (this.#head + this.#count) & (this.#sequences!.length - 1);
    this.#sequences![at] = sequence;
    this.#offsets![at] = offset;
    this.#lastSequence = sequence;
    this.#count++;
  }

  /** Drops the marks reached by `durableSequence`; gives the offset up to which bytes may leave, of `end`. */
  releasedEnd(durableSequence: number, end: number): number {
    if (this.#count === 0) return end;
    const sequences = this.#sequences!;
    const mask = sequences.length - 1;
    while (this.#count > 0 && sequences[this.#head]! <= durableSequence) {
      this.#head = (this.#head + 1) & mask;
      this.#count--;
    }
    if (this.#count > 0) return this.#offsets![this.#head]!;
    if (sequences.length > keptMarksMax) this.clear();
    return end;
  }

  /** Forgets every mark and gives the memory back. */
  clear(): void {
    this.#sequences = undefined;
    this.#offsets = undefined;
    this.#head = 0;
    this.#count = 0;
  }

  #grow(): void {
    const capacity = this.#sequences === undefined ? initialMarks : this.#sequences.length * 2;
    this.#sequences = unrolled(this.#sequences, this.#head, this.#count, capacity);
    this.#offsets = unrolled(this.#offsets, this.#head, this.#count, capacity);
    this.#head = 0;
  }
}

/** Copies a ring's `count` values from `head` on to the start of a larger one. */
export function unrolled(
  ring: Float64Array | undefined,
  head: number,
  count: number,
  capacity: number,
): Float64Array {
  const larger = new Float64Array(capacity);
  if (ring === undefined) return larger;
  for (let index = 0; index < count; index++) larger[index] = ring[(head + index) & (ring.length - 1)]!;
  return larger;
}
