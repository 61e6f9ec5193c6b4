/**
 * Reads every record that a journal's files still hold, oldest first, whether it is open or not, and changes nothing.
 * Invariant: what is shown passed its checksum; where segments are compacted, removed or written meanwhile, records are
 * missing, never wrong: a segment that is written anew has another epoch.
 */
import { join } from 'node:path';
import type { Disk } from '../kernel/index.js';
import type { RecordView } from './contract.js';
import { directoryLayout, segmentNumberOf, segmentPath, snapshotSequenceOf } from './directory-layout.js';
import { flagsAt, moreFollows, ownType, recordHeaderBytes } from './record-frame.js';
import { fillView, newRecordView } from './record-view.js';
import type { SegmentEntry } from './segment-catalog.js';
import { decodeSegmentHeader, segmentHeaderBytes } from './segment-header.js';
import { scanBuffers, type ScanBuffers, type SegmentScanner } from './segment-scanner.js';
import { sweepRecords } from './segment-sweep.js';
import { readChunks, stateFileName } from './snapshot-file.js';

/** A chunk of small records takes about a millisecond: others have their turn after each. */
const chunkBytes = 128 * 1024;

/** One object, filled anew for each record; its bytes hold until `visit` returns. */
export interface WalkedRecord extends RecordView {
  /** The next record belongs to the same group. */
  continues: boolean;
  /** No record is missing between this one and the record with this sequence. */
  completeFromSequence: number;
}

export interface JournalWalk {
  readonly directory: string;
  readonly disk: Disk;
  readonly visit: (record: WalkedRecord) => void;
  /** Resolves when others on the event loop have had their turn; called after each chunk. */
  readonly pause: () => Promise<void>;
  /** Rejects with its reason when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface WalkReport {
  readonly records: number;
  readonly bytes: number;
  readonly lastSequence: number;
  /** No record is missing from here on; 0: there are none. */
  readonly completeFromSequence: number;
}

/** Rejects with the system's error where the directory cannot be read. */
export async function walkJournal(walk: JournalWalk): Promise<WalkReport> {
  const { segments } = directoryLayout(walk.directory);
  const numbers = (await walk.disk.list(segments)).flatMap((name) => segmentNumberOf(name) ?? []);
  const walker = new Walker(walk);
  for (const number of numbers.sort((a, b) => a - b)) {
    walk.signal?.throwIfAborted();
    await walker.segment(segmentPath(directoryLayout(walk.directory), number), number);
  }
  return walker.report();
}

class Walker {
  readonly #walk: JournalWalk;
  readonly #view: WalkedRecord = { ...newRecordView(), continues: false, completeFromSequence: 0 };
  #buffers: ScanBuffers | undefined;
  #buffersFor = 0;
  #records = 0;
  #bytes = 0;
  #lastSequence = 0;
  #completeFrom = 0;

  constructor(walk: JournalWalk) {
    this.#walk = walk;
  }

  report(): WalkReport {
    return {
      ...{ records: this.#records, bytes: this.#bytes, lastSequence: this.#lastSequence },
      completeFromSequence: this.#completeFrom,
    };
  }

  /** One that is gone, or that cannot be read, is passed over: its records are missing. */
  async segment(path: string, number: number): Promise<void> {
    const { disk, pause, signal } = this.#walk;
    const file = await disk.open(path, 'read').catch(() => undefined);
    if (file === undefined) return;
    try {
      const page = Buffer.alloc(segmentHeaderBytes);
      const decoded = decodeSegmentHeader(page.subarray(0, await file.read(page, 0)));
      if (decoded.kind !== 'header' || decoded.header.number !== number) return;
      const entry: SegmentEntry = { ...decoded.header, path, bytes: await file.size() };
      await sweepRecords(
        file,
        entry,
        this.#buffersOf(entry.bytes),
        segmentHeaderBytes,
        (scanner, total) => {
          this.#record(scanner, total, number);
        },
        async () => {
          signal?.throwIfAborted();
          await pause();
        },
      );
    } finally {
      await file.close();
    }
  }

  #buffersOf(bytes: number): ScanBuffers {
    if (this.#buffers === undefined || bytes > this.#buffersFor) {
      this.#buffers = scanBuffers(bytes, chunkBytes);
      this.#buffersFor = bytes;
    }
    return this.#buffers;
  }

  #record(scanner: SegmentScanner, total: number, segment: number): void {
    const { bytes, base, at } = scanner;
    const view = fillView(this.#view, bytes, base, segment, base + at) as WalkedRecord;
    // What was left over from before, as by a compaction under way.
    if (view.sequence <= this.#lastSequence) return;
    if (view.sequence !== this.#lastSequence + 1 || this.#completeFrom === 0)
      this.#completeFrom = view.sequence;
    this.#lastSequence = view.sequence;
    this.#records++;
    this.#bytes += total;
    if (view.type >= ownType.gap) return;
    view.continues = (flagsAt(bytes.view, view.start - recordHeaderBytes) & moreFollows) !== 0;
    view.completeFromSequence = this.#completeFrom;
    this.#walk.visit(view);
  }
}

/** The chunks of each snapshot, oldest first. One that cannot be read ends early. */
export async function* walkSnapshots(
  directory: string,
  disk: Disk,
): AsyncGenerator<AsyncIterable<Uint8Array>, void, undefined> {
  const { snapshots } = directoryLayout(directory);
  const names = await disk.list(snapshots).catch(() => []);
  for (const name of names.filter((each) => snapshotSequenceOf(each) !== undefined).sort())
    yield chunksOf(join(snapshots, name, stateFileName), disk);
}

async function* chunksOf(path: string, disk: Disk): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const file = await disk.open(path, 'read');
    const bytes = await file.size().finally(() => file.close());
    yield* readChunks(disk, path, bytes);
  } catch {
    // It was removed, or is being written: the journal's records tell the same.
  }
}
