/**
 * What a journal offers: typed records with sequences, made durable in groups, read back by location. The
 * journal knows no queues; a record is durable exactly when its sequence is at or below `durableSequence`.
 */
import type { Clock, Disk, LatencyFigures, Random, SluiceError } from '../kernel/index.js';

/** The largest payload of one record, in bytes; larger bodies are split into chunk records by the caller. */
export const payloadBytesMax = 1024 * 1024;

/** Record types 1 to `recordTypeMax` belong to the caller; those above are the journal's own. */
export const recordTypeMax = 239;

/** Called with stable event codes (`journal.torn-tail`, …) and facts; never with payloads. */
export type JournalLog = (event: string, details: Readonly<Record<string, unknown>>) => void;

/** How to open a journal. Sizes are in bytes. */
export interface JournalOptions {
  /** Absolute path; made when absent. */
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random?: Random;
  /** Gives the epoch (uint32) of each new segment; random by default. */
  readonly epochSource?: () => number;
  /** Largest segment, 64 MiB by default; the first segments of a journal are smaller. */
  readonly segmentBytes?: number;
  /** Size of the first segments, which double up to `segmentBytes`; 4 MiB by default. */
  readonly segmentBytesFirst?: number;
  /** Recently appended bytes kept in memory for `peek`; 32 MiB by default. */
  readonly tailCacheBytes?: number;
  /** Bytes read back by `load` and kept in memory; 32 MiB by default. */
  readonly blockCacheBytes?: number;
  /** Appended and not yet durable bytes above which `pressure` is true; 64 MiB by default. */
  readonly pressureBytes?: number;
  /** Free space below which no further segment is prepared and `space` is `full`; 64 MiB by default. */
  readonly freeBytesMin?: number;
  /** Space kept occupied for snapshots and compaction on a full disk; 8 MiB by default, 0 for none. */
  readonly reserveBytes?: number;
  /** Dead segments kept to be written again instead of being deleted; 4 by default. */
  readonly recycledSegmentsMax?: number;
  /**
   * Called once, when a write or a sync has failed: nothing above `durableSequence` will ever be durable and
   * the process must end (exit code 74).
   */
  readonly onFailure: (error: SluiceError) => void;
  readonly log?: JournalLog;
}

/**
 * One record as seen by a reader. The same object is reused for every record, and the bytes it points at stay
 * as they are only until control returns to the event loop: copy what must live longer.
 */
export interface RecordView {
  type: number;
  sequence: number;
  /** With `offset`, the record's location, as given by `Journal.segment` and `Journal.offset`. */
  segment: number;
  offset: number;
  /** The payload is `buffer[start..end)`. */
  buffer: Buffer;
  start: number;
  end: number;
  /** True while replaying what stands behind a range that a repair set aside: it may refer to what is missing. */
  isAfterGap: boolean;
}

/** A range of records set aside by an earlier repair. */
export interface SequenceGap {
  readonly fromSequence: number;
  readonly toSequence: number;
}

/** What recovery found. */
export interface RecoveryReport {
  /** Records given to the visitor. */
  readonly records: number;
  /** Bytes of journal read. */
  readonly bytes: number;
  readonly lastSequence: number;
  /** Unsynced bytes that a crash left incomplete; they were never reported durable. */
  readonly tornTail?: TornTail;
  /** Ranges that `repairJournal` set aside; records in them are missing from the replay. */
  readonly gaps: readonly SequenceGap[];
  /** True when the journal was closed before, false after a crash. */
  readonly cleanStop: boolean;
  readonly durationMs: number;
}

export interface TornTail {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
  /** The copies made of what was cut, one a segment. */
  readonly keptAside: readonly string[];
}

/** A valid snapshot, verified against its manifest when the journal was opened. */
export interface JournalSnapshot {
  /** The state includes every record up to this one. */
  readonly sequence: number;
  /** The bytes given to `SnapshotWriter.commit`: hashes, versions. */
  readonly state: Uint8Array;
  /** The chunks as they were written, one for one, in order. */
  read(): AsyncIterable<Uint8Array>;
}

/** A snapshot being written, of the state as it was at `sequence`. */
export interface SnapshotWriter {
  readonly sequence: number;
  /** Writes one chunk, best of about 1 MiB (at most 16 MiB); `chunk` may be reused once the promise has resolved. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the snapshot durable, verifies it, and only then removes the oldest of more than two. */
  commit(state: Uint8Array): Promise<void>;
  /** Removes what was written; safe at any time. */
  abort(): Promise<void>;
}

/**
 * `ok`: appending is unlimited. `full`: no further segment could be prepared; publishers must be blocked,
 * the reserve still takes acknowledgements and deletions. `exhausted`: the reserve is used up too; what is
 * appended stays in memory and becomes durable only when space returns.
 */
export type SpaceState = 'ok' | 'full' | 'exhausted';

export interface CompactionReport {
  /** Segments that went because nothing in them is alive. */
  readonly removed: readonly number[];
  /** Segments rewritten without their dead records, at unchanged offsets. */
  readonly rewritten: readonly number[];
  /** Bytes of disk given back or made ready for reuse. */
  readonly freedBytes: number;
}

/** Summary of a distribution, in milliseconds or bytes as named by its owner. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface JournalStats {
  readonly lastSequence: number;
  readonly durableSequence: number;
  readonly unsyncedBytes: number;
  readonly appendedRecords: number;
  readonly appendedBytes: number;
  /** Time of one batch's write and sync, in milliseconds. */
  readonly syncMs: Distribution;
  /** The same as it goes on, with its last second. */
  readonly syncs: LatencyFigures;
  readonly batchBytes: Distribution;
  readonly segments: number;
  /** Bytes of all segments, and those of them that are referenced. */
  readonly segmentBytes: number;
  readonly liveBytes: number;
  readonly blockLoads: number;
  readonly snapshots: number;
  readonly space: SpaceState;
}

/** Removes a listener. */
export type StopListening = () => void;

/**
 * An open journal. Use: read `snapshot`, then `replay` once, then append. Appending is synchronous and
 * copies nothing: `reserve`, encode the payload into `buffer`, `commit`.
 */
export interface Journal {
  /** The newest valid snapshot. */
  readonly snapshot: JournalSnapshot | undefined;
  /**
   * Visits every record after the snapshot in order, then makes the journal ready to append. Call it once.
   * Rejects with `journal-damaged` (details: segment, path, offset, bytes, sequences) or `disk-failed`.
   */
  replay(
    visit: (record: RecordView) => void,
    onProgress?: (doneBytes: number, totalBytes: number) => void,
  ): Promise<RecoveryReport>;

  /**
   * Sees to it that the next `records` records, of `payloadBytes` together, stand in one segment, and gives its number;
   * 0: they are too long for that, and nothing was done.
   */
  gather(records: number, payloadBytes: number): number;
  /** Makes room for one record and gives the position in `buffer` where its payload goes. */
  reserve(type: number, payloadBytes: number): number;
  /** Where the payload of the reserved record is encoded; valid from `reserve` to `commit`. */
  readonly buffer: Buffer;
  /** Finishes the reserved record and gives its sequence. */
  commit(): number;
  /** The location of the record that was committed last. */
  readonly segment: number;
  readonly offset: number;
  /** Records committed until `endGroup` are kept or cut together by recovery. Groups may nest. */
  beginGroup(): void;
  endGroup(): void;

  readonly lastSequence: number;
  readonly durableSequence: number;
  /** Calls `listener` after each successful sync with the new `durableSequence`. */
  onDurable(listener: (sequence: number) => void): StopListening;
  /** Calls `listener` just before a batch is sealed; records it appends join that batch. */
  beforeSeal(listener: () => void): StopListening;
  /** Asks that a batch be sealed within `withinMs` even if nothing is appended. */
  wake(withinMs: number): void;
  /** Resolves when everything appended before the call is durable. */
  sync(): Promise<void>;

  /** True while more than `pressureBytes` are not yet durable: read no more from publishers. */
  readonly pressure: boolean;
  onPressure(listener: (pressure: boolean) => void): StopListening;
  readonly space: SpaceState;
  onSpace(listener: (space: SpaceState) => void): StopListening;

  /** The record at a location if it is in memory; the same view is reused by the next call. No I/O. */
  peek(segment: number, offset: number): RecordView | undefined;
  /**
   * The record at a location, read on the calling thread: for records that are wanted out of order, where `load`
   * would read far more than is used. Undefined when the disk has been slow lately, or the record cannot be read
   * or is not valid: `load` then waits, or says what is wrong. The view holds until the next `peek` or `readNow`.
   */
  readNow(segment: number, offset: number): RecordView | undefined;
  /**
   * Reads the record at a location, and those after it, into memory; when `whenLoaded` runs without an
   * error, `peek` succeeds. Errors: `journal-damaged` with the exact range, `not-found` for a segment that
   * is gone, `disk-failed`. `single`: the records after it are not wanted.
   */
  load(segment: number, offset: number, whenLoaded: (error?: SluiceError) => void, single?: boolean): void;

  /**
   * Counts one live reference to `bytes` of a segment: it then stays until `release`. Also called while
   * replaying, and for records that nothing refers to yet but something will.
   */
  retain(segment: number, bytes: number): void;
  release(segment: number, bytes: number): void;
  /**
   * Frees what is dead: removes sealed segments without a live reference and rewrites mostly dead ones.
   * `liveOffsets` gives the sorted offsets of a segment's live records, `companionOf` the offset of another record of
   * its segment that a live one needs (0: none). Only one run at a time.
   */
  compact(
    liveOffsets: (segment: number) => Uint32Array,
    companionOf?: (record: RecordView) => number,
  ): Promise<CompactionReport>;

  /** Marks the current sequence, synchronously; the caller then writes the state as of that moment. */
  beginSnapshot(): SnapshotWriter;

  stats(): JournalStats;
  /** Makes everything durable, writes the clean-stop marker, closes all files. Safe to call twice. */
  close(): Promise<void>;
}
