/**
 * Reads a segment from front to back in large chunks, the next one while the present one is looked at. A
 * record that straddles two chunks is made contiguous.
 */
import { assert, type DiskFile } from '../kernel/index.js';
import { payloadBytesMax } from './contract.js';
import { frameBytes, recordHeaderBytes, type FrameBytes } from './record-frame.js';

/** A chunk is one slice of the event loop: about 5 ms of small records. */
const chunkBytesMax = 1024 * 1024;
const recordBytesMax = payloadBytesMax + recordHeaderBytes;

/** The two buffers of a scan, used again for the next segment. */
export interface ScanBuffers {
  readonly current: FrameBytes;
  readonly ahead: FrameBytes;
  /** Room before each chunk for the start of a record that the chunk completes. */
  readonly headroomBytes: number;
}

/** Buffers for segments of up to `segmentBytes`, which are read in chunks of `chunkBytes`. */
export function scanBuffers(segmentBytes: number, chunkBytes = chunkBytesMax): ScanBuffers {
  const headroomBytes = Math.min(recordBytesMax, segmentBytes);
  const bytes = headroomBytes + Math.min(chunkBytes, segmentBytes);
  const make = (): FrameBytes => frameBytes(Buffer.allocUnsafeSlow(bytes));
  return { current: make(), ahead: make(), headroomBytes };
}

export class SegmentScanner {
  readonly #file: DiskFile;
  readonly #size: number;
  readonly #headroomBytes: number;
  #spare: FrameBytes;
  #nextOffset: number;
  #reading: Promise<number> | undefined;
  /** The bytes at hand are `bytes.buffer[at..limit)`; the caller moves `at`. */
  bytes: FrameBytes;
  at: number;
  limit: number;
  /** The lowest index of `bytes.buffer` that still holds bytes of the segment. */
  floor: number;
  /** Offset in the segment of `bytes.buffer[0]`; may be negative. */
  base: number;

  /** Begins at `from`; bytes from `size` on do not count. */
  constructor(buffers: ScanBuffers, file: DiskFile, size: number, from: number) {
    this.bytes = buffers.current;
    this.#spare = buffers.ahead;
    this.#file = file;
    this.#size = size;
    this.#nextOffset = from;
    this.#headroomBytes = buffers.headroomBytes;
    this.at = this.limit = this.floor = buffers.headroomBytes;
    this.base = from - buffers.headroomBytes;
  }

  /** Offset in the segment of the next byte to look at. */
  get offset(): number {
    return this.base + this.at;
  }

  /** Bytes from `at` to the end of the segment. */
  get remaining(): number {
    return this.#size - this.offset;
  }

  /**
   * Adds the next chunk behind the bytes at hand, of which at most a record's worth is left. False at the
   * end of the segment.
   */
  async more(): Promise<boolean> {
    this.#reading ??= this.#read();
    const count = await this.#reading;
    this.#reading = undefined;
    if (count === 0) return false;
    const left = this.limit - this.at;
    assert(left <= this.#headroomBytes, 'at most one record is left over');
    const start = this.#headroomBytes - left;
    this.bytes.buffer.copy(this.#spare.buffer, start, this.limit - left, this.limit);
    [this.bytes, this.#spare] = [this.#spare, this.bytes];
    this.at = start;
    this.floor = start;
    this.limit = this.#headroomBytes + count;
    this.base = this.#nextOffset - this.#headroomBytes;
    this.#nextOffset += count;
    this.#reading = this.#read();
    // A failed read is reported by the `more` that waits for it.
    this.#reading.catch(() => undefined);
    return true;
  }

  /** Waits for the read under way, after which the buffers may be used by another scan. */
  async end(): Promise<void> {
    try {
      await this.#reading;
    } catch {
      // Whoever needed these bytes would have seen the error.
    }
  }

  #read(): Promise<number> {
    const { buffer } = this.#spare;
    const length = Math.min(buffer.length - this.#headroomBytes, this.#size - this.#nextOffset);
    if (length <= 0) return Promise.resolve(0);
    const into = buffer.subarray(this.#headroomBytes, this.#headroomBytes + length);
    return this.#file.read(into, this.#nextOffset);
  }
}
