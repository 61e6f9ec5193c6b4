/** Looks at a journal's directory as recovery would, and changes nothing. */
import type { Disk } from '../kernel/index.js';
import { directoryLayout, type DirectoryLayout } from './directory-layout.js';
import { Replayer, type ReplayEnd } from './replayer.js';
import { replayStart, type ReplayStart } from './replay-start.js';
import { probeSegments, type SegmentEntry, type SegmentProbe } from './segment-catalog.js';
import { scanBuffers } from './segment-scanner.js';
import { surveySnapshots, type KeptSnapshot } from './snapshots.js';
import { judgeTail, type TailVerdict } from './tail-judge.js';

/** What recovery would find in segments whose headers are all readable. */
export interface Diagnosis {
  readonly start: ReplayStart;
  readonly end: ReplayEnd;
  readonly verdict: TailVerdict;
}

/** The directory's contents as far as their own headers and manifests tell. */
export interface DirectorySurvey {
  readonly layout: DirectoryLayout;
  readonly probes: readonly SegmentProbe[];
  readonly segments: readonly SegmentEntry[];
  readonly newest: KeptSnapshot | undefined;
  readonly damagedSnapshots: readonly string[];
}

export async function surveyDirectory(disk: Disk, directory: string): Promise<DirectorySurvey> {
  const layout = directoryLayout(directory);
  const probes = await probeSegments(disk, layout);
  const snapshots = await surveySnapshots(disk, layout);
  const whole = snapshots.flatMap(({ found }) => (found.kind === 'whole' ? [found.snapshot] : []));
  return {
    layout,
    probes,
    segments: probes.flatMap((probe) => (probe.kind === 'segment' ? [probe.entry] : [])),
    newest: whole.at(-1),
    damagedSnapshots: snapshots.filter(({ found }) => found.kind === 'damaged').map(({ path }) => path),
  };
}

/**
 * Replays without a visitor and judges the tail. Undefined for a journal without records to read. Rejects
 * with `journal-damaged` when records are missing that no repair can stand in for.
 */
export async function diagnose(disk: Disk, survey: DirectorySurvey): Promise<Diagnosis | undefined> {
  const start = replayStart(survey.layout, survey.segments, survey.newest);
  const segments = survey.segments.filter((entry) => entry.number >= start.segment);
  if (segments.length === 0) return undefined;
  const buffers = scanBuffers(Math.max(...segments.map((entry) => entry.bytes)));
  const replayer = new Replayer(disk, segments, buffers, () => undefined);
  const end = await replayer.run(
    { index: 0, offset: start.offset, sequence: start.sequence },
    () => undefined,
  );
  return { start, end, verdict: await judgeTail(disk, segments, buffers, end) };
}
