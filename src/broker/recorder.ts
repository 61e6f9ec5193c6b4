/**
 * Writes the broker's records. Acknowledgements and other settlements are held as ranges and written when a batch
 * is sealed, or when something must stand after them. Invariant: what a queue has settled is recorded before any
 * snapshot, any hash and the queue's own end.
 */
import type { Journal } from '../journal/index.js';
import type { ChunkReference } from './face.js';
import { PositionRanges, rangesMax, rangesRecordBytes } from './position-ranges.js';
import { writePosition } from './publish-record.js';
import type { Queue } from './queue.js';
import { RecordType, type RequeueKind, type SettleReason } from './record-types.js';
import type { StateHash } from './state-hash.js';
import { encodeChange, type TopologyChange } from './topology-record.js';

/** Acknowledgements alone are synced within this time. */
const settleDelayMs = 50;

/** Deliveries are marked ahead in steps, so that one small record serves so many of them. */
const deliveredStep = 1_024;

export class Recorder {
  readonly #journal: Journal;
  #unrecorded: Queue[] = [];
  #viewBuffer: Buffer | undefined = undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  readonly #one = new PositionRanges();

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.beforeSeal(() => {
      this.flushSettled();
    });
  }

  /** A view of the buffer that the reserved record is written to. */
  get view(): DataView {
    const { buffer } = this.#journal;
    if (this.#viewBuffer !== buffer) {
      this.#viewBuffer = buffer;
      this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    return this.#view;
  }

  /** The last record so far: what waits for it has waited for everything before. */
  get lastSequence(): number {
    return this.#journal.lastSequence;
  }

  /** Makes the records that `run` writes one group: a crash keeps all of them or none. */
  atomically<T>(run: () => T): T {
    this.#journal.beginGroup();
    try {
      return run();
    } finally {
      this.#journal.endGroup();
    }
  }

  topology(change: TopologyChange): number {
    const payload = encodeChange(change);
    const at = this.#journal.reserve(RecordType.topology, payload.length);
    payload.copy(this.#journal.buffer, at);
    return this.#journal.commit();
  }

  chunk(buffer: Buffer, start: number, end: number): ChunkReference {
    const at = this.#journal.reserve(RecordType.chunk, end - start);
    buffer.copy(this.#journal.buffer, at, start, end);
    this.#journal.commit();
    return { segment: this.#journal.segment, offset: this.#journal.offset, length: end - start };
  }

  /** Notes that a position is settled; the record follows with the batch. */
  settle(queue: Queue, position: number, reason: SettleReason): void {
    if (!queue.isJournaled) return;
    const { settled } = queue;
    if (settled.length > 0 && (queue.settledReason !== reason || settled.length >= rangesMax))
      this.#writeSettled(queue);
    if (settled.length === 0) {
      this.#unrecorded.push(queue);
      if (this.#unrecorded.length === 1) this.#journal.wake(settleDelayMs);
      queue.settledReason = reason;
    }
    settled.add(position);
  }

  /** Records one settlement at once: as part of a group. */
  settleNow(queue: Queue, position: number, reason: SettleReason): void {
    if (!queue.isJournaled) return;
    this.#one.clear();
    this.#one.add(position);
    this.#writeRanges(RecordType.settle, queue, this.#one, reason);
  }

  /** Records the settlement of whole ranges, behind what was settled before. */
  settleRanges(queue: Queue, positions: PositionRanges, reason: SettleReason): void {
    if (!queue.isJournaled) return;
    this.#writeSettled(queue);
    this.#writeAll(RecordType.settle, queue, positions, reason);
  }

  requeue(queue: Queue, positions: PositionRanges, kind: RequeueKind): void {
    if (queue.isJournaled) this.#writeAll(RecordType.requeue, queue, positions, kind);
  }

  /** Records that a message waits until `dueMs` at its place; 0: no longer. */
  holdBack(queue: Queue, position: number, dueMs: number, isFailure: boolean): void {
    const at = this.#journal.reserve(RecordType.holdBack, 20);
    this.view.setUint32(at, queue.id, true);
    writePosition(this.view, at + 4, position);
    this.view.setUint16(at + 10, isFailure ? 1 : 0, true);
    this.view.setFloat64(at + 12, dueMs, true);
    this.#journal.commit();
  }

  flushSettled(): void {
    if (this.#unrecorded.length === 0) return;
    const queues = this.#unrecorded;
    this.#unrecorded = [];
    for (const queue of queues) if (!queue.isDeleted) this.#writeSettled(queue);
  }

  #writeSettled(queue: Queue): void {
    if (queue.settled.length === 0 || queue.settledReason === undefined) return;
    this.#writeRanges(RecordType.settle, queue, queue.settled, queue.settledReason);
    queue.settled.clear();
  }

  #writeAll(type: number, queue: Queue, ranges: PositionRanges, reason: number): void {
    for (let from = 0; from < ranges.length; from += rangesMax)
      this.#writeRanges(type, queue, ranges, reason, from);
  }

  /** Writes the ranges from index `from` on, as many as one record takes. */
  #writeRanges(type: number, queue: Queue, ranges: PositionRanges, reason: number, from = 0): void {
    const count = Math.min(ranges.length - from, rangesMax);
    const at = this.#journal.reserve(type, rangesRecordBytes(count));
    ranges.write(this.view, at, queue.id, reason, from, count);
    this.#journal.commit();
  }

  /** Records, some way ahead, that positions up to this one may have been delivered. */
  markDelivered(queue: Queue, position: number): void {
    queue.deliveredMark = position + deliveredStep;
    const at = this.#journal.reserve(RecordType.delivered, 10);
    this.view.setUint32(at, queue.id, true);
    writePosition(this.view, at + 4, queue.deliveredMark);
    queue.deliveredMarkSequence = this.#journal.commit();
  }

  stateHash(hash: StateHash): void {
    const at = this.#journal.reserve(RecordType.stateHash, 8);
    this.view.setUint32(at, hash.low, true);
    this.view.setUint32(at + 4, hash.high, true);
    this.#journal.commit();
  }
}
