/** Where a journal's replay begins: after its newest snapshot, or at its first record. */
import { SluiceError } from '../kernel/index.js';
import type { DirectoryLayout } from './directory-layout.js';
import type { SegmentEntry } from './segment-catalog.js';
import { segmentHeaderBytes } from './segment-header.js';
import type { KeptSnapshot } from './snapshots.js';

/** The first record to visit, by place and sequence. */
export interface ReplayStart {
  readonly segment: number;
  readonly offset: number;
  readonly sequence: number;
}

/**
 * Every record from the start on must be in a segment that can be read in order; throws `journal-damaged`
 * when one is missing.
 */
export function replayStart(
  layout: DirectoryLayout,
  segments: readonly SegmentEntry[],
  snapshot: KeptSnapshot | undefined,
): ReplayStart {
  const start: ReplayStart =
    snapshot === undefined
      ? { segment: 1, offset: segmentHeaderBytes, sequence: 1 }
      : {
          segment: snapshot.manifest.segment,
          offset: snapshot.manifest.offset,
          sequence: snapshot.manifest.sequence + 1,
        };
  const isNew = snapshot === undefined && segments.length === 0;
  const first = segments.find((entry) => entry.number === start.segment);
  const compacted = segments.some((entry) => entry.number >= start.segment && entry.compacted);
  if (isNew || (first !== undefined && !compacted)) return start;
  throw new SluiceError(
    'journal-damaged',
    `the records of ${layout.directory} from ${start.sequence} on are missing: ` +
      (compacted ? 'no valid snapshot reaches beyond compaction' : `segment ${start.segment} is absent`),
    { details: { path: layout.segments, segment: start.segment, firstSequence: start.sequence } },
  );
}
