/**
 * Buffers for output, in two sizes, lent to connections only while they have something to send. Invariant: a
 * buffer is in the pool or with one borrower, never both; what is over the pool's bound goes to the collector.
 */

/** Enough for a few replies: an idle connection's answer must not take a large buffer. */
export const smallChunkBytes = 4096;
export const largeChunkBytes = 65_536;

export class ChunkPool {
  readonly #small: Buffer[] = [];
  readonly #large: Buffer[] = [];
  readonly #smallMax: number;
  readonly #largeMax: number;

  /** Keeps up to `keptBytesMax` bytes of idle buffers of each size. */
  constructor(keptBytesMax = 8 * 1024 * 1024) {
    this.#smallMax = Math.floor(keptBytesMax / smallChunkBytes);
    this.#largeMax = Math.floor(keptBytesMax / largeChunkBytes);
  }

  /** A buffer of at least `bytes`; beyond the large size one made to measure, which the pool does not keep. */
  take(bytes: number): Buffer {
    // `allocUnsafeSlow`: a slice of Node's shared slab would pin the slab.
    if (bytes <= smallChunkBytes) return this.#small.pop() ?? Buffer.allocUnsafeSlow(smallChunkBytes);
    if (bytes <= largeChunkBytes) return this.#large.pop() ?? Buffer.allocUnsafeSlow(largeChunkBytes);
    return Buffer.allocUnsafeSlow(bytes);
  }

  /** Takes a buffer back that `take` lent. */
  give(buffer: Buffer): void {
    if (buffer.length === smallChunkBytes) {
      if (this.#small.length < this.#smallMax) this.#small.push(buffer);
    } else if (buffer.length === largeChunkBytes && this.#large.length < this.#largeMax) {
      this.#large.push(buffer);
    }
  }
}
