/**
 * Restores a segment's damaged header from its records: each carries the segment's epoch and proves it with
 * its checksum.
 */
import type { Disk, DiskFile } from '../kernel/index.js';
import type { DirectorySurvey } from './diagnosis.js';
import {
  checkRecord,
  epochPosition,
  frameBytes,
  hasMagic,
  recordHeaderBytes,
  type FrameBytes,
} from './record-frame.js';
import type { Repair } from './repair-journal.js';
import type { SegmentProbe } from './segment-catalog.js';
import { encodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.js';
import { keepAside } from './tail-cut.js';

type DamagedSegment = Extract<SegmentProbe, { kind: 'damaged' }>;

/** A segment in which no record proves an epoch gets this one: nothing in it will be valid. */
const unprovenEpoch = 0x01010101;

/** Keeps the damaged page aside and writes a header that fits the records. */
export async function recoverHeader(
  disk: Disk,
  survey: DirectorySurvey,
  damaged: DamagedSegment,
): Promise<Repair> {
  const { number, path, bytes } = damaged;
  const to = Math.min(segmentHeaderBytes, bytes);
  const file = await disk.open(path, 'read-write');
  try {
    const epoch = (await provenEpoch(file, bytes)) ?? unprovenEpoch;
    const header = headerFor(survey, number, epoch, bytes);
    const segment = { ...header, path, bytes };
    const keptAside = await keepAside(disk, survey.layout, 'damaged', [{ segment, from: 0, to }]);
    await file.write([encodeSegmentHeader(header)], 0);
    await file.sync();
    return { path, from: 0, to, firstSequence: undefined, lastSequence: undefined, keptAside };
  } finally {
    await file.close();
  }
}

/** Segments before the snapshot may have been compacted: they are taken so, which is always safe there. */
function headerFor(survey: DirectorySurvey, number: number, epoch: number, bytes: number): SegmentHeader {
  const compacted = survey.newest !== undefined && number < survey.newest.manifest.segment;
  const keptBytes = compacted ? Math.max(0, bytes - segmentHeaderBytes) : 0;
  return { number, epoch, compacted, recycled: true, keptBytes, madeAtMs: 0 };
}

async function provenEpoch(file: DiskFile, size: number): Promise<number | undefined> {
  const bytes = frameBytes(Buffer.alloc(Math.min(size, 8 * 1024 * 1024)));
  const filled = await file.read(bytes.buffer, 0);
  // The first record lies right behind the header; only if that is lost too, all of the rest is searched.
  for (let at = segmentHeaderBytes; at + recordHeaderBytes <= filled; at++) {
    const epoch = provenAt(bytes, at, filled, size);
    if (epoch !== undefined) return epoch;
  }
  return undefined;
}

function provenAt(bytes: FrameBytes, at: number, filled: number, size: number): number | undefined {
  if (!hasMagic(bytes.view, at)) return undefined;
  const epoch = bytes.view.getUint32(at + epochPosition, true);
  return checkRecord(bytes, at, filled, size - at, epoch, at) > 0 ? epoch : undefined;
}
