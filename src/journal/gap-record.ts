/** Gap records: they fill a damaged range so that reading goes on after it, with a jump in the sequence. */
import type { Disk } from '../kernel/index.js';
import { payloadBytesMax } from './contract.js';
import { frameBytes, ownType, recordHeaderBytes, writeChecksum, writeHeader } from './record-frame.js';
import type { SegmentEntry } from './segment-catalog.js';

const gapBytesMax = recordHeaderBytes + payloadBytesMax;

/**
 * Fills `[from, to)` with gap records, the first of which takes the place of record `sequence`; without `to`
 * it is a single one of the smallest size, after which the segment ends.
 */
export async function writeGap(
  disk: Disk,
  segment: SegmentEntry,
  from: number,
  to: number | undefined,
  sequence: number,
): Promise<void> {
  const total = to === undefined ? recordHeaderBytes : to - from;
  // A range of lost records has at least as many sequences as gap records of the largest size fill it.
  const count = Math.ceil(total / gapBytesMax);
  const file = await disk.open(segment.path, 'read-write');
  try {
    for (let index = 0; index < count; index++) {
      const at = from + Math.floor((total * index) / count);
      const end = from + Math.floor((total * (index + 1)) / count);
      await file.write([gapRecord(segment.epoch, at, end - at, sequence + index)], at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

function gapRecord(epoch: number, offset: number, total: number, sequence: number): Buffer {
  const bytes = frameBytes(Buffer.alloc(total));
  writeHeader(bytes.view, 0, ownType.gap, 0, total - recordHeaderBytes, sequence, epoch);
  writeChecksum(bytes, 0, epoch, offset);
  return bytes.buffer;
}
