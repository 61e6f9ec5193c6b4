/**
 * Visits the records of consecutive segments in order and stops at the first place where the next sequence
 * is not found. A group is visited only once all of it has been read: its records are checked first, then
 * the reader goes back to its beginning.
 */
import type { Disk } from '../kernel/index.js';
import type { RecordView, SequenceGap } from './contract.js';
import {
  checkRecord,
  flagsAt,
  invalid,
  lengthAt,
  moreFollows,
  ownType,
  readSequence,
  recordHeaderBytes,
  sequenceAt,
  typeAt,
  watermarkBytes,
} from './record-frame.js';
import { recordTypeMax } from './contract.js';
import { ProvenEnd, type BatchEnd } from './proven-end.js';
import { newRecordView } from './record-view.js';
import type { SegmentEntry } from './segment-catalog.js';
import { segmentHeaderBytes } from './segment-header.js';
import { SegmentScanner, type ScanBuffers } from './segment-scanner.js';

/** A place in the segments being read, by index into their list. */
export interface ReplayPosition {
  readonly index: number;
  readonly offset: number;
  /** Sequence of the record that belongs here. */
  readonly sequence: number;
}

/** How far the records reach. */
export interface ReplayEnd {
  /** The end of the last whole group: what follows was never complete. */
  readonly whole: ReplayPosition;
  /** Where no valid record was found; at or after `whole`. */
  readonly broken: ReplayPosition;
  /** True when the last record is the clean-stop one. */
  readonly cleanStop: boolean;
  readonly records: number;
  readonly bytes: number;
  readonly gaps: readonly SequenceGap[];
  /** Watermarks prove that everything before it is durable. */
  readonly proven: BatchEnd;
}

/** Why a walk through the bytes at hand ended. */
type WalkOutcome = 'needs-more' | 'broken' | 'rewind';

export class Replayer {
  readonly #disk: Disk;
  readonly #segments: readonly SegmentEntry[];
  readonly #buffers: ScanBuffers;
  readonly #visit: (record: RecordView) => void;
  readonly #view: RecordView;
  readonly #gaps: SequenceGap[] = [];
  /** The next sequence; any higher one will do after a gap. */
  #expected = 1;
  /** First sequence of the gap just read, else 0. */
  #gapFrom = 0;
  #proven: ProvenEnd;
  #group: ReplayPosition | undefined;
  /** Records up to here belong to groups known to be whole. */
  #releaseThrough = 0;
  #lastType = 0;
  #records = 0;
  #bytes = 0;

  constructor(
    disk: Disk,
    segments: readonly SegmentEntry[],
    buffers: ScanBuffers,
    visit: (record: RecordView) => void,
  ) {
    this.#disk = disk;
    this.#segments = segments;
    this.#buffers = buffers;
    this.#visit = visit;
    this.#view = newRecordView();
    this.#proven = new ProvenEnd({ segment: 0, offset: 0, sequence: 0 });
  }

  /** Reads from `start` to the end; `onProgress` is told the bytes read so far. */
  async run(start: ReplayPosition, onProgress: (bytes: number) => void): Promise<ReplayEnd> {
    this.#expected = start.sequence;
    const segment = this.#segments[start.index]!.number;
    this.#proven = new ProvenEnd({ segment, offset: start.offset, sequence: start.sequence - 1 });
    let broken = start;
    let { index, offset } = start;
    while (index < this.#segments.length) {
      const expectedBefore = this.#expected;
      const rewound = await this.#readSegment(index, offset, onProgress);
      if (rewound.group !== undefined) {
        ({ index, offset } = rewound.group);
        continue;
      }
      // A segment may hold nothing: it was only just begun when a crash came.
      if (this.#expected !== expectedBefore || index === start.index) {
        broken = { index, offset: rewound.offset, sequence: this.#expected };
      }
      index++;
      offset = segmentHeaderBytes;
    }
    return {
      whole: this.#group ?? broken,
      broken,
      cleanStop: this.#group === undefined && this.#lastType === ownType.cleanStop,
      records: this.#records,
      bytes: this.#bytes,
      gaps: this.#gaps,
      proven: this.#proven.proven,
    };
  }

  /** Walks one segment; ends with the offset after its last good record, or at a group to go back to. */
  async #readSegment(
    index: number,
    offset: number,
    onProgress: (bytes: number) => void,
  ): Promise<{ readonly offset: number; readonly group: ReplayPosition | undefined }> {
    const entry = this.#segments[index]!;
    const file = await this.#disk.open(entry.path, 'read');
    const scanner = new SegmentScanner(this.#buffers, file, entry.bytes, offset);
    try {
      for (;;) {
        const before = this.#bytes;
        const outcome = this.#walk(scanner, entry, index);
        if (this.#bytes !== before) onProgress(this.#bytes);
        if (outcome === 'rewind' && this.#goBack(scanner, index)) continue;
        if (outcome === 'rewind') return { offset: scanner.offset, group: this.#takeGroup() };
        if (outcome === 'needs-more' && (await scanner.more())) continue;
        return { offset: scanner.offset, group: undefined };
      }
    } finally {
      await scanner.end();
      await file.close();
    }
  }

  /** Visits the records in the bytes at hand. The inner loop of recovery: it allocates nothing. */
  #walk(scanner: SegmentScanner, entry: SegmentEntry, index: number): WalkOutcome {
    const { bytes, limit } = scanner;
    const { view } = bytes;
    const { epoch, number } = entry;
    for (;;) {
      const at = scanner.at;
      const offset = scanner.base + at;
      const total = checkRecord(bytes, at, limit, scanner.remaining, epoch, offset);
      if (total <= 0) return total === invalid ? 'broken' : 'needs-more';
      const sequence = sequenceAt(view, at);
      if (sequence !== this.#expected && (this.#gapFrom === 0 || sequence < this.#expected)) return 'broken';
      const type = typeAt(view, at);
      this.#lastType = type;
      if (type === ownType.gap) this.#enterGap(sequence);
      else if (this.#gapFrom !== 0) this.#leaveGap(sequence);
      const more = (flagsAt(view, at) & moreFollows) !== 0;
      const released = sequence <= this.#releaseThrough;
      if (more && !released) this.#group ??= { index, offset, sequence };
      scanner.at = at + total;
      this.#expected = sequence + 1;
      if (this.#group === undefined) {
        this.#bytes += total;
        this.#deliver(scanner, number, offset, at, sequence);
      } else if (!more) {
        this.#releaseThrough = sequence;
        return 'rewind';
      }
    }
  }

  /** Returns to the start of the group, if it is among the bytes at hand. */
  #goBack(scanner: SegmentScanner, index: number): boolean {
    const group = this.#group!;
    const at = group.offset - scanner.base;
    if (group.index !== index || at < scanner.floor) return false;
    scanner.at = at;
    this.#takeGroup();
    return true;
  }

  #takeGroup(): ReplayPosition {
    const group = this.#group!;
    this.#group = undefined;
    this.#expected = group.sequence;
    return group;
  }

  /** A group that a gap breaks is lost as a whole. */
  #enterGap(sequence: number): void {
    if (this.#gapFrom === 0) this.#gapFrom = this.#group?.sequence ?? sequence;
    this.#group = undefined;
  }

  #leaveGap(sequence: number): void {
    this.#gaps.push({ fromSequence: this.#gapFrom, toSequence: sequence - 1 });
    this.#gapFrom = 0;
  }

  #noteWatermark(view: DataView, segment: number, offset: number, at: number, sequence: number): void {
    const durable = readSequence(view, at + recordHeaderBytes);
    this.#proven.note({ segment, offset: offset + watermarkBytes, sequence }, durable);
  }

  #deliver(scanner: SegmentScanner, segment: number, offset: number, at: number, sequence: number): void {
    const { bytes } = scanner;
    const type = this.#lastType;
    if (type > recordTypeMax) {
      if (type !== ownType.gap) this.#noteWatermark(bytes.view, segment, offset, at, sequence);
      return;
    }
    const view = this.#view;
    const start = at + recordHeaderBytes;
    view.type = type;
    view.sequence = sequence;
    view.segment = segment;
    view.offset = offset;
    view.buffer = bytes.buffer;
    view.start = start;
    view.end = start + lengthAt(bytes.view, at);
    view.isAfterGap = this.#gaps.length > 0;
    this.#records++;
    this.#visit(view);
  }
}
