/**
 * Reads single records of a segment in ascending order, through a window that moves over the file. Invariant: what `at`
 * tells the size of has passed its checksum.
 */
import type { DiskFile } from '../kernel/index.js';
import { payloadBytesMax } from './contract.js';
import { checkRecord, frameBytes, recordHeaderBytes, type FrameBytes } from './record-frame.js';
import type { SegmentEntry } from './segment-catalog.js';

/** The window moves by this much, each time a slice of the event loop. */
const windowBytes = 1024 * 1024;
const windowMax = windowBytes + payloadBytesMax + recordHeaderBytes;

export class LiveWindow {
  readonly bytes: FrameBytes;
  /** Offset in the segment of the first byte of `bytes`. */
  base = 0;
  readonly #file: DiskFile;
  readonly #entry: SegmentEntry;
  #filled = 0;

  constructor(file: DiskFile, entry: SegmentEntry) {
    this.#file = file;
    this.#entry = entry;
    this.bytes = frameBytes(Buffer.allocUnsafeSlow(Math.min(windowMax, entry.bytes)));
  }

  /** Whether the record at `offset` is in the window whole. */
  covers(offset: number): boolean {
    return this.#filled > 0 && offset >= this.base && offset < this.base + windowBytes;
  }

  async moveTo(offset: number): Promise<void> {
    this.base = offset;
    this.#filled = await this.#file.read(this.bytes.buffer, offset);
  }

  /** Bytes of the record at an offset that is covered, or 0: there is no valid one. */
  sizeAt(offset: number): number {
    const { bytes, epoch } = this.#entry;
    const total = checkRecord(this.bytes, offset - this.base, this.#filled, bytes - offset, epoch, offset);
    return Math.max(0, total);
  }
}
