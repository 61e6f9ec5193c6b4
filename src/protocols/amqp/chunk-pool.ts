/**
 * Buffers in a few sizes, lent to connections only while they have something to send or an incomplete frame to hold.
 * Invariant: a buffer is in the pool or with one borrower, never both; what is over the pool's bound goes to the
 * collector.
 */

/** Enough for a few replies: an idle connection's answer must not take a large buffer. */
export const smallChunkBytes = 4 * 1024;
export const largeChunkBytes = 64 * 1024;
/** A piece of a large body, framed: clients send frames of 128 KiB where they may. */
export const pieceChunkBytes = 128 * 1024;
const sizes = [smallChunkBytes, 16 * 1024, largeChunkBytes, pieceChunkBytes];

export class ChunkPool {
  readonly #shelves: readonly { readonly bytes: number; readonly max: number; readonly free: Buffer[] }[];

  /** Keeps up to `keptBytesMax` bytes of idle buffers of each size. */
  constructor(keptBytesMax = 8 * 1024 * 1024) {
    this.#shelves = sizes.map((bytes) => ({ bytes, max: Math.floor(keptBytesMax / bytes), free: [] }));
  }

  /** A buffer of at least `bytes`; beyond the largest size one made to measure, which the pool does not keep. */
  take(bytes: number): Buffer {
    const shelf = this.#shelves.find((one) => bytes <= one.bytes);
    // `allocUnsafeSlow`: a slice of Node's shared slab would pin the slab.
    return shelf?.free.pop() ?? Buffer.allocUnsafeSlow(shelf?.bytes ?? bytes);
  }

  /** Takes a buffer back that `take` lent. */
  give(buffer: Buffer): void {
    const shelf = this.#shelves.find((one) => buffer.length === one.bytes);
    if (shelf !== undefined && shelf.free.length < shelf.max) shelf.free.push(buffer);
  }
}
