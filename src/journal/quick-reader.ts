/**
 * Reads single records on the calling thread, for those wanted out of order: about 3 µs a record that the system has
 * in memory, where a read of a whole block through the thread pool takes 100 µs and more. Invariant: after a read
 * that was slow nothing is read here for several times as long, so a slow disk takes little of the event loop.
 */
import { systemCodeOf, type Clock } from '../kernel/index.js';
import { checkRecord, frameBytes, recordHeaderBytes, type FrameBytes } from './record-frame.js';
import type { SegmentCatalog, SegmentEntry } from './segment-catalog.js';
import type { SegmentReaders } from './segment-readers.js';

/** Most records are smaller; a larger one takes a second read. */
const firstBytes = 1024;
const slowMs = 1;
/** How much longer than a slow read took nothing more is read here. */
const pauseFactor = 4;

export class QuickReader {
  readonly #clock: Clock;
  readonly #catalog: SegmentCatalog;
  readonly #readers: SegmentReaders;
  #frame: FrameBytes = frameBytes(Buffer.allocUnsafeSlow(64 * 1024));
  #pausedUntilMs = 0;

  constructor(clock: Clock, catalog: SegmentCatalog, readers: SegmentReaders) {
    this.#clock = clock;
    this.#catalog = catalog;
    this.#readers = readers;
  }

  /** The verified record at the start of the returned bytes, or undefined. */
  read(segment: number, offset: number): FrameBytes | undefined {
    const startedMs = this.#clock.monotonic();
    const entry = this.#catalog.get(segment);
    if (entry === undefined || startedMs < this.#pausedUntilMs) return undefined;
    const total = this.#readRecord(entry, offset);
    const endedMs = this.#clock.monotonic();
    const tookMs = endedMs - startedMs;
    if (tookMs > slowMs) this.#pausedUntilMs = endedMs + tookMs * pauseFactor;
    return total > 0 ? this.#frame : undefined;
  }

  /** Bytes of the record, or 0 when it is not to be had here. */
  #readRecord(entry: SegmentEntry, offset: number): number {
    try {
      const count = this.#fill(entry, offset, firstBytes);
      if (count < recordHeaderBytes) return 0;
      const claimed = recordHeaderBytes + this.#frame.view.getUint32(4, true);
      const limit = claimed <= count ? count : this.#fill(entry, offset, claimed);
      return Math.max(0, checkRecord(this.#frame, 0, limit, entry.bytes - offset, entry.epoch, offset));
    } catch (error) {
      // The error belongs to whoever asks `load` for the same record.
      if (systemCodeOf(error) === undefined) throw error;
      return 0;
    }
  }

  #fill(entry: SegmentEntry, offset: number, wanted: number): number {
    const bytes = Math.min(wanted, entry.bytes - offset);
    if (bytes > this.#frame.buffer.length) {
      if (wanted > 2 * 1024 * 1024) return 0;
      this.#frame = frameBytes(Buffer.allocUnsafeSlow(bytes));
    }
    const { number, path } = entry;
    return this.#readers.readNow(number, path, this.#frame.buffer.subarray(0, bytes), offset) ?? 0;
  }
}
