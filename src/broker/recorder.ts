/**
 * Writes the broker's records. Acknowledgements and other settlements are held as ranges and written when a batch
 * is sealed, or when something must stand after them. Invariant: what a queue has settled is recorded before any
 * snapshot, any hash and the queue's own end.
 */
import type { Journal } from '../journal/index.js';
import { CustodyRuns, ReturnCause } from './custody/custody-runs.js';
import type { Party } from './custody/party.js';
import { PartyBook } from './custody/party-book.js';
import type { ChunkReference } from './face.js';
import { PositionRanges, rangesMax, rangesRecordBytes } from './position-ranges.js';
import { writePosition } from './publish-record.js';
import type { Queue } from './queue.js';
import { RecordType, type RequeueKind, type SettleReason } from './record-types.js';
import type { StateHash } from './state-hash.js';
import { encodeChange, type TopologyChange } from './topology-record.js';
import type { TurnClock } from './turn-clock.js';

/** Acknowledgements alone are synced within this time. */
const settleDelayMs = 50;

/** Bytes of a `hold back` record, before who had the message. */
export const holdBackBytes = 20;

/** Deliveries are marked ahead in steps, so that one small record serves so many of them. */
const deliveredStep = 1_024;

/** Who had a message, and since when (Unix ms; 0: nobody had it). */
export interface Held {
  readonly party: Party | undefined;
  readonly deliveredMs: number;
}

const heldByNobody: Held = { party: undefined, deliveredMs: 0 };

export class Recorder {
  readonly #journal: Journal;
  readonly #clock: TurnClock;
  readonly parties: PartyBook;
  #unrecorded: Queue[] = [];
  #viewBuffer: Buffer | undefined = undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  readonly #one = new PositionRanges();
  readonly #oneBy = new CustodyRuns();

  constructor(journal: Journal, clock: TurnClock) {
    this.#journal = journal;
    this.#clock = clock;
    this.parties = new PartyBook(journal);
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

  /** Unix ms as of this turn, for what is told of settlements. */
  get nowMs(): number {
    return this.#clock.nowMs;
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

  /**
   * Notes that a position is settled, by whom, and since when they had it (Unix ms; 0: nobody had it); the record follows
   * with the batch.
   */
  settle(queue: Queue, position: number, reason: SettleReason, party?: Party, deliveredMs = 0): void {
    if (!queue.isJournaled) return;
    const { settled } = queue;
    const settledBy = (queue.settledBy ??= new CustodyRuns());
    if (
      settled.length > 0 &&
      (queue.settledReason !== reason || settled.length >= rangesMax || settledBy.isFullFor(party))
    )
      this.#writeSettled(queue);
    if (settled.length === 0) {
      this.#unrecorded.push(queue);
      if (this.#unrecorded.length === 1) this.#journal.wake(settleDelayMs);
      queue.settledReason = reason;
    }
    settled.add(position);
    settledBy.add(party, deliveredMs, this.#clock.nowMs);
  }

  /** Records one settlement at once: as part of a group. */
  settleNow(queue: Queue, position: number, reason: SettleReason, held = heldByNobody): void {
    if (!queue.isJournaled) return;
    this.#one.clear();
    this.#one.add(position);
    this.#writeRanges(RecordType.settle, queue, this.#one, this.#byOne(held), reason);
  }

  /** Records the settlement of whole ranges, behind what was settled before. */
  settleRanges(queue: Queue, positions: PositionRanges, reason: SettleReason, party?: Party): void {
    if (!queue.isJournaled) return;
    this.#writeSettled(queue);
    this.#oneBy.coverAll(party, this.#clock.nowMs);
    this.#writeAll(RecordType.settle, queue, positions, reason, this.#oneBy);
  }

  /** Records that positions came back: `by` tells of each who had it, in their order. */
  requeue(queue: Queue, positions: PositionRanges, kind: RequeueKind, by: CustodyRuns): void {
    if (queue.isJournaled) this.#writeAll(RecordType.requeue, queue, positions, kind, by);
  }

  /** The same of positions that came back together, for a reason of the broker's own. */
  requeueAll(queue: Queue, positions: PositionRanges, kind: RequeueKind, cause: ReturnCause): void {
    this.#oneBy.coverAll(undefined, this.#clock.nowMs);
    this.#oneBy.cause = cause;
    this.requeue(queue, positions, kind, this.#oneBy);
  }

  /** Records that a message waits until `dueMs` at its place; 0: no longer. */
  holdBack(queue: Queue, position: number, dueMs: number, isFailure: boolean, held = heldByNobody): void {
    const by = this.#byOne(held);
    const bytes = holdBackBytes + by.bytes;
    const isTold = this.parties.prepare(by.parties, bytes);
    const at = this.#journal.reserve(RecordType.holdBack, isTold ? bytes : holdBackBytes);
    this.view.setUint32(at, queue.id, true);
    writePosition(this.view, at + 4, position);
    this.view.setUint16(at + 10, isFailure ? 1 : 0, true);
    this.view.setFloat64(at + 12, dueMs, true);
    if (isTold) by.write(this.view, at + holdBackBytes);
    this.#journal.commit();
  }

  /** What is told of one message that is settled now. The same object each time. */
  #byOne({ party, deliveredMs }: Held): CustodyRuns {
    this.#oneBy.clear();
    this.#oneBy.add(party, deliveredMs, this.#clock.nowMs);
    return this.#oneBy;
  }

  /** The same for who else writes records. */
  custodyOf(held: Held): CustodyRuns {
    return this.#byOne(held);
  }

  flushSettled(): void {
    if (this.#unrecorded.length === 0) return;
    const queues = this.#unrecorded;
    this.#unrecorded = [];
    for (const queue of queues) if (!queue.isDeleted) this.#writeSettled(queue);
  }

  #writeSettled(queue: Queue): void {
    if (queue.settled.length === 0 || queue.settledReason === undefined) return;
    this.#writeRanges(RecordType.settle, queue, queue.settled, queue.settledBy!, queue.settledReason);
    queue.settled.clear();
    queue.settledBy!.clear();
  }

  #writeAll(type: number, queue: Queue, ranges: PositionRanges, reason: number, by: CustodyRuns): void {
    for (let from = 0; from < ranges.length; from += rangesMax)
      this.#writeRanges(type, queue, ranges, by, reason, from);
  }

  /** Writes the ranges from index `from` on, as many as one record takes. */
  #writeRanges(
    type: number,
    queue: Queue,
    ranges: PositionRanges,
    by: CustodyRuns,
    reason: number,
    from = 0,
  ): void {
    const count = Math.min(ranges.length - from, rangesMax);
    const rangesBytes = rangesRecordBytes(count);
    const bytes = rangesBytes + by.bytes;
    // Nothing is lost that matters to anybody but who asks later: what cannot be told is unknown.
    const isTold = this.parties.prepare(by.parties, bytes);
    const at = this.#journal.reserve(type, isTold ? bytes : rangesBytes);
    ranges.write(this.view, at, queue.id, reason, from, count);
    if (isTold) by.write(this.view, at + rangesBytes);
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
