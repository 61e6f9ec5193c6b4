/**
 * The bytes of one incomplete frame, copied out of the chunks that brought them. Invariant: takes room for what
 * arrived, never for what a peer announced, and none that is worth mentioning while it is empty.
 */
import { copyBytes } from './copy-bytes.js';

const noBytes = Buffer.alloc(0);
const roomMin = 256;
/** Room above this is borrowed, and given back as soon as it is empty: an idle connection keeps no more. */
const ownBytesMax = 4 * 1024;
/** Room doubles up to this, which pools have. */
const borrowedBytes = 64 * 1024;

/** Lends buffers of at least the size asked for, and takes them back. */
export interface BufferPool {
  take(bytes: number): Buffer;
  give(buffer: Buffer): void;
}

/** For those who have no pool. */
export const newBuffers: BufferPool = {
  take: (bytes) => Buffer.allocUnsafeSlow(bytes),
  give: () => undefined,
};

export class FrameHold {
  private readonly pool: BufferPool;
  /** What is held stands at its beginning. */
  buffer: Buffer = noBytes;
  bytes = 0;
  private borrowed = false;

  constructor(pool: BufferPool) {
    this.pool = pool;
  }

  append(source: Buffer, start: number, end: number): void {
    const bytes = this.bytes + end - start;
    if (bytes > this.buffer.length) this.grow(bytes);
    this.bytes = copyBytes(this.buffer, this.bytes, source, start, end);
  }

  /** Nothing of what is held is needed any more, nor looked at. */
  clear(): void {
    this.bytes = 0;
    if (!this.borrowed) return;
    this.pool.give(this.buffer);
    this.drop();
  }

  /** As `clear`, while others may still look at it: the buffer is left to the collector. */
  drop(): void {
    this.bytes = 0;
    this.buffer = noBytes;
    this.borrowed = false;
  }

  private grow(bytes: number): void {
    const room = Math.max(bytes <= borrowedBytes ? Math.min(2 * bytes, borrowedBytes) : 2 * bytes, roomMin);
    const borrows = room > ownBytesMax;
    const grown = borrows ? this.pool.take(room) : Buffer.allocUnsafeSlow(room);
    copyBytes(grown, 0, this.buffer, 0, this.bytes);
    if (this.borrowed) this.pool.give(this.buffer);
    this.buffer = grown;
    this.borrowed = borrows;
  }
}
