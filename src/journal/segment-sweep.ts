/**
 * Finds every valid record of a segment from some place on, whatever lies between: after damage the next one
 * is found by the segment's epoch, which every record header carries and no payload can guess.
 */
import type { DiskFile } from '../kernel/index.js';
import {
  checkRecord,
  epochPosition,
  hasMagic,
  invalid,
  lengthAt,
  ownType,
  readSequence,
  recordHeaderBytes,
  sequenceAt,
  typeAt,
} from './record-frame.js';
import { zeros } from './segment-builder.js';
import type { SegmentEntry } from './segment-catalog.js';
import { SegmentScanner, type ScanBuffers } from './segment-scanner.js';

/** A valid record met on the way. */
export interface SweptRecord {
  readonly offset: number;
  readonly bytes: number;
  readonly type: number;
  readonly sequence: number;
  /** The durable sequence it tells of, if it is a watermark. */
  readonly watermark: number | undefined;
}

/** Calls `found` for each valid record from `from` on; gives where the last trace of one, valid or not, ends. */
export async function sweepSegment(
  file: DiskFile,
  entry: SegmentEntry,
  buffers: ScanBuffers,
  from: number,
  found: (record: SweptRecord) => void,
): Promise<number> {
  return sweepRecords(file, entry, buffers, from, (scanner, total) => {
    found(describe(scanner, total));
  });
}

/** The same; `visit` sees each record of `total` bytes at `scanner.at`, and allocates nothing by that. */
export async function sweepRecords(
  file: DiskFile,
  entry: SegmentEntry,
  buffers: ScanBuffers,
  from: number,
  visit: (scanner: SegmentScanner, total: number) => void,
  afterChunk?: () => Promise<void>,
): Promise<number> {
  const scanner = new SegmentScanner(buffers, file, entry.bytes, from);
  const epoch = Buffer.alloc(4);
  epoch.writeUInt32LE(entry.epoch);
  let traceEnd = from;
  try {
    for (;;) {
      const total = checkRecord(
        scanner.bytes,
        scanner.at,
        scanner.limit,
        scanner.remaining,
        entry.epoch,
        scanner.offset,
      );
      if (total > 0) {
        visit(scanner, total);
        scanner.at += total;
        traceEnd = Math.max(traceEnd, scanner.offset);
      } else if (total !== invalid) {
        if (!(await scanner.more())) return traceEnd;
        await afterChunk?.();
      } else if (scanner.remaining < recordHeaderBytes) {
        return traceEnd;
      } else if (findNext(scanner, epoch)) {
        const claimed = recordHeaderBytes + lengthAt(scanner.bytes.view, scanner.at);
        traceEnd = Math.max(traceEnd, scanner.offset + Math.min(claimed, scanner.remaining));
      }
    }
  } finally {
    await scanner.end();
  }
}

/** Moves to the next place that could be a header; without one, to the end of the bytes at hand. */
function findNext(scanner: SegmentScanner, epoch: Buffer): boolean {
  const { view, buffer } = scanner.bytes;
  const bytes = buffer.subarray(0, scanner.limit);
  for (let at = scanner.at + 1; ; at++) {
    at = bytes.indexOf(epoch, at + epochPosition) - epochPosition;
    if (at < 0) break;
    if (!hasMagic(view, at)) continue;
    scanner.at = at;
    return true;
  }
  // A header may begin in these bytes and end in the next chunk.
  scanner.at = Math.max(scanner.at + 1, scanner.limit - recordHeaderBytes + 1);
  return false;
}

function describe(scanner: SegmentScanner, total: number): SweptRecord {
  const { view } = scanner.bytes;
  const type = typeAt(view, scanner.at);
  const tells = type === ownType.watermark || type === ownType.cleanStop;
  return {
    offset: scanner.offset,
    bytes: total,
    type,
    sequence: sequenceAt(view, scanner.at),
    watermark: tells ? readSequence(view, scanner.at + recordHeaderBytes) : undefined,
  };
}

/** The end of the last byte that is not zero in `[from, to)` of a file, or `from`. */
export async function endOfBytes(file: DiskFile, from: number, to: number): Promise<number> {
  const chunk = Buffer.alloc(Math.min(zeros.length, to - from));
  for (let end = to; end > from;) {
    const start = Math.max(from, end - chunk.length);
    const piece = chunk.subarray(0, end - start);
    await file.read(piece, start);
    // Comparing is a hundred times as fast as looking at each byte, and nearly all of them are zero.
    if (!piece.equals(zeros.subarray(0, piece.length))) {
      let last = piece.length;
      while (piece[last - 1] === 0) last--;
      return start + last;
    }
    end = start;
  }
  return from;
}
