/** `inspectJournal`: says what a journal's directory holds and what is wrong with it, and changes nothing. */
import { messageOf, SluiceError, type Disk } from '../kernel/index.js';
import { diagnose, surveyDirectory, type DirectorySurvey } from './diagnosis.js';
import { ownType } from './record-frame.js';
import type { SegmentEntry } from './segment-catalog.js';
import { segmentHeaderBytes } from './segment-header.js';
import { scanBuffers } from './segment-scanner.js';
import { sweepSegment } from './segment-sweep.js';

/** Bytes `[from, to)` of a file that cannot be read as records. */
export interface DamagedRange {
  readonly path: string;
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  readonly what: 'header' | 'records';
}

export interface SegmentInspection {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
  readonly compacted: boolean;
  /** Records of the caller; the journal's own are not counted. */
  readonly records: number;
  readonly firstSequence: number | undefined;
  readonly lastSequence: number | undefined;
}

/** What a journal's directory holds. */
export interface JournalInspection {
  readonly segments: readonly SegmentInspection[];
  /** Sequence of the newest whole snapshot. */
  readonly snapshotSequence: number | undefined;
  readonly damagedSnapshots: readonly string[];
  readonly damaged: readonly DamagedRange[];
  /** Why the journal would not open, if it would not. */
  readonly refusal: string | undefined;
}

/** Reads every segment of the journal in `directory`. Nobody may have it open. Rejects with `format-newer`. */
export async function inspectJournal(directory: string, disk: Disk): Promise<JournalInspection> {
  const survey = await surveyDirectory(disk, directory);
  const damaged: DamagedRange[] = [];
  const segments: SegmentInspection[] = [];
  for (const probe of survey.probes) {
    if (probe.kind === 'segment') segments.push(await inspectSegment(disk, probe.entry, damaged));
    else damaged.push({ path: probe.path, segment: probe.number, from: 0, to: 64, what: 'header' });
  }
  return {
    segments,
    snapshotSequence: survey.newest?.manifest.sequence,
    damagedSnapshots: survey.damagedSnapshots,
    damaged,
    refusal: await refusal(disk, survey),
  };
}

async function refusal(disk: Disk, survey: DirectorySurvey): Promise<string | undefined> {
  const unreadable = survey.probes.find((probe) => probe.kind === 'damaged');
  if (unreadable !== undefined) return `the header of segment ${unreadable.number} is damaged`;
  try {
    const found = await diagnose(disk, survey);
    if (found?.verdict.kind !== 'damaged') return undefined;
    const { firstSequence, lastSequence } = found.verdict;
    return `records ${firstSequence} to ${lastSequence} are damaged`;
  } catch (error) {
    if (error instanceof SluiceError) return messageOf(error);
    throw error;
  }
}

/** Finds the records of one segment, and the ranges between them where there should be more. */
async function inspectSegment(
  disk: Disk,
  entry: SegmentEntry,
  damaged: DamagedRange[],
): Promise<SegmentInspection> {
  const { number, path, bytes, compacted } = entry;
  const file = await disk.open(path, 'read');
  let end = segmentHeaderBytes;
  let records = 0;
  let firstSequence: number | undefined;
  let lastSequence: number | undefined;
  try {
    await sweepSegment(file, entry, scanBuffers(bytes), segmentHeaderBytes, (record) => {
      if (record.offset > end && !compacted) {
        damaged.push({ path, segment: number, from: end, to: record.offset, what: 'records' });
      }
      end = record.offset + record.bytes;
      firstSequence ??= record.sequence;
      lastSequence = record.sequence;
      if (record.type < ownType.gap) records++;
    });
  } finally {
    await file.close();
  }
  return { number, path, bytes, compacted, records, firstSequence, lastSequence };
}
