/**
 * `repairJournal`: makes a damaged journal open again. What cannot be read is copied to `aside/` first, then
 * a gap record stands in its place; intact records are never changed.
 */
import { assert, SluiceError, type Disk } from '../kernel/index.js';
import { diagnose, surveyDirectory, type DirectorySurvey } from './diagnosis.js';
import type { DirectoryLayout } from './directory-layout.js';
import { writeGap } from './gap-record.js';
import { recoverHeader } from './header-recovery.js';
import type { SegmentEntry } from './segment-catalog.js';
import { segmentHeaderBytes } from './segment-header.js';
import { keepAside } from './tail-cut.js';
import type { SegmentRange, TailVerdict } from './tail-judge.js';

/** One place that was repaired. */
export interface Repair {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** Sequences of the records that the range held; undefined for a header, which held none. */
  readonly firstSequence: number | undefined;
  readonly lastSequence: number | undefined;
  /** Copies of the bytes as they were found. */
  readonly keptAside: readonly string[];
}

export interface RepairReport {
  readonly repairs: readonly Repair[];
}

type Damage = Extract<TailVerdict, { kind: 'damaged' }>;

/**
 * Repairs the journal in `directory`, which nobody may have open. An intact journal is left as it is. Rejects
 * with `journal-damaged` when what is missing cannot be stood in for: no valid snapshot and no segments to
 * replay instead.
 */
export async function repairJournal(directory: string, disk: Disk): Promise<RepairReport> {
  const repairs: Repair[] = [];
  let survey = await surveyDirectory(disk, directory);
  for (const probe of survey.probes) {
    if (probe.kind === 'damaged') repairs.push(await recoverHeader(disk, survey, probe));
  }
  for (let last = 0; ;) {
    survey = await surveyDirectory(disk, directory);
    const found = await diagnose(disk, survey);
    if (found?.verdict.kind !== 'damaged') return { repairs };
    const damage = found.verdict;
    assert(damage.lastSequence > last, 'each repair reaches further than the one before');
    last = damage.lastSequence;
    repairs.push(await standIn(disk, survey, damage));
  }
}

/** Sets the damaged range aside and puts gap records where the next reader will look. */
async function standIn(disk: Disk, survey: DirectorySurvey, damage: Damage): Promise<Repair> {
  const { layout } = survey;
  const { from, to, firstSequence, lastSequence } = damage;
  if (to === undefined) throw unrepairable(layout, damage);
  const sameSegment = to.segment.number === from.segment.number;
  const ranges = damagedRanges(survey.segments, damage, to);
  const keptAside = await keepAside(disk, layout, 'damaged', ranges);
  if (sameSegment) {
    await writeGap(disk, from.segment, from.offset, to.offset, firstSequence);
  } else {
    for (const { segment } of ranges) {
      // Between the two ends nothing can be read at all.
      const between = segment.number > from.segment.number && segment.number < to.segment.number;
      if (between) await disk.unlink(segment.path);
    }
    await disk.syncDirectory(layout.segments);
    if (to.offset > segmentHeaderBytes) {
      await writeGap(disk, to.segment, segmentHeaderBytes, to.offset, firstSequence);
    } else {
      await writeGap(disk, from.segment, from.offset, undefined, firstSequence);
    }
  }
  return {
    path: from.segment.path,
    from: from.offset,
    to: sameSegment ? to.offset : from.segment.bytes,
    firstSequence,
    lastSequence,
    keptAside,
  };
}

function damagedRanges(
  segments: readonly SegmentEntry[],
  { from }: Damage,
  to: NonNullable<Damage['to']>,
): SegmentRange[] {
  if (to.segment.number === from.segment.number) {
    return [{ segment: from.segment, from: from.offset, to: to.offset }];
  }
  const ranges: SegmentRange[] = [{ segment: from.segment, from: from.offset, to: from.segment.bytes }];
  for (const segment of segments) {
    if (segment.number <= from.segment.number || segment.number > to.segment.number) continue;
    const end = segment.number === to.segment.number ? to.offset : segment.bytes;
    ranges.push({ segment, from: segmentHeaderBytes, to: end });
  }
  return ranges.filter((range) => range.to > range.from);
}

function unrepairable(layout: DirectoryLayout, damage: Damage): SluiceError {
  return new SluiceError(
    'journal-damaged',
    `records ${damage.firstSequence} to ${damage.lastSequence} of ${layout.directory} are lost and nothing ` +
      'readable follows them',
    { details: { firstSequence: damage.firstSequence, lastSequence: damage.lastSequence } },
  );
}
