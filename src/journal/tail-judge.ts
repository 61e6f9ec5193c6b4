/**
 * Tells a torn tail from damage. Recovery found no valid record where one could be: if any watermark further
 * on says that the missing record was durable, this is damage and nothing may be cut; otherwise everything
 * from here on was never reported durable.
 */
import type { Disk } from '../kernel/index.js';
import type { ReplayEnd } from './replayer.js';
import type { SegmentEntry } from './segment-catalog.js';
import { pageBytes, segmentHeaderBytes } from './segment-header.js';
import type { ScanBuffers } from './segment-scanner.js';
import { endOfBytes, sweepSegment } from './segment-sweep.js';

/** Bytes `[from, to)` of one segment. */
export interface SegmentRange {
  readonly segment: SegmentEntry;
  readonly from: number;
  readonly to: number;
}

/** What lies after the last record. */
export type TailVerdict =
  | { readonly kind: 'torn'; readonly ranges: readonly SegmentRange[] }
  | {
      readonly kind: 'damaged';
      readonly from: { readonly segment: SegmentEntry; readonly offset: number };
      /** The next valid record, if there is one. */
      readonly to: { readonly segment: SegmentEntry; readonly offset: number } | undefined;
      readonly firstSequence: number;
      readonly lastSequence: number;
    };

/** Looks at everything after `end`. A tail without any trace of a record is torn with no ranges. */
export async function judgeTail(
  disk: Disk,
  segments: readonly SegmentEntry[],
  buffers: ScanBuffers,
  end: ReplayEnd,
): Promise<TailVerdict> {
  const { broken, whole } = end;
  const missing = broken.sequence;
  let watermark = 0;
  let next: { segment: SegmentEntry; offset: number; sequence: number } | undefined;
  const ranges: SegmentRange[] = [];
  for (let index = whole.index; index < segments.length; index++) {
    const segment = segments[index]!;
    const from = index === whole.index ? whole.offset : segmentHeaderBytes;
    const lookFrom = index === broken.index ? broken.offset : from;
    const file = await disk.open(segment.path, 'read');
    try {
      const traceEnd =
        index < broken.index
          ? segment.bytes
          : await sweepSegment(file, segment, buffers, lookFrom, (record) => {
              watermark = Math.max(watermark, record.watermark ?? 0);
              if (record.sequence >= missing) next ??= { segment, ...record };
            });
      const to = end.cleanStop ? traceEnd : await endOfTrace(file, segment, from, traceEnd);
      if (to > from) ranges.push({ segment, from, to });
    } finally {
      await file.close();
    }
  }
  if (watermark < missing) return { kind: 'torn', ranges };
  return {
    kind: 'damaged',
    from: { segment: segments[broken.index]!, offset: broken.offset },
    to: next,
    firstSequence: missing,
    lastSequence: next === undefined ? watermark : next.sequence - 1,
  };
}

/** Also counts fragments without a header: in a fresh segment all bytes, in a recycled one the first page's. */
async function endOfTrace(
  file: Awaited<ReturnType<Disk['open']>>,
  segment: SegmentEntry,
  from: number,
  traceEnd: number,
): Promise<number> {
  const pageEnd = Math.min(Math.ceil(from / pageBytes) * pageBytes, segment.bytes);
  const end = await endOfBytes(file, from, segment.recycled ? pageEnd : segment.bytes);
  return Math.max(end, traceEnd);
}
