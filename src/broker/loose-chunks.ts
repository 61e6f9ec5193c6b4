/**
 * Pieces of large bodies that no stored message names: still arriving, in an open transaction, or on their way to a
 * dead-letter exchange. Invariant: what is held here is counted as alive and survives compaction.
 */
import type { LivenessAccount } from './backlog.js';
import type { ChunkReference } from './face.js';

export class LooseChunks {
  readonly #account: LivenessAccount;
  /** Holds by offset, by segment. */
  readonly #held = new Map<number, Map<number, number>>();

  constructor(account: LivenessAccount) {
    this.#account = account;
  }

  /** Keeps pieces alive; each hold needs its own release. */
  hold(chunks: readonly ChunkReference[]): void {
    for (const { segment, offset, length } of chunks) {
      let offsets = this.#held.get(segment);
      if (offsets === undefined) this.#held.set(segment, (offsets = new Map<number, number>()));
      offsets.set(offset, (offsets.get(offset) ?? 0) + 1);
      this.#account.retain(segment, length);
    }
  }

  /** Gives one hold of each piece up; what is not held is left as it is. */
  release(chunks: readonly ChunkReference[]): void {
    for (const { segment, offset, length } of chunks) {
      const offsets = this.#held.get(segment);
      const holds = offsets?.get(offset);
      if (offsets === undefined || holds === undefined) continue;
      if (holds > 1) offsets.set(offset, holds - 1);
      else offsets.delete(offset);
      if (offsets.size === 0) this.#held.delete(segment);
      this.#account.release(segment, length);
    }
  }

  /** Offsets of the pieces held in a segment, in no order. */
  offsetsIn(segment: number): Iterable<number> {
    return this.#held.get(segment)?.keys() ?? [];
  }
}
