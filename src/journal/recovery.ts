/**
 * Brings a journal back after a stop of any kind: visits the records after the snapshot, judges and cuts the
 * tail, and says where appending goes on. After a crash that is a fresh segment, and what was read is synced
 * before anyone may rely on it.
 */
import { SluiceError, type Clock, type Disk } from '../kernel/index.js';
import type { JournalLog, RecordView, RecoveryReport, TornTail } from './contract.js';
import type { DirectoryLayout } from './directory-layout.js';
import { Replayer, type ReplayEnd, type ReplayPosition } from './replayer.js';
import type { ReplayStart } from './replay-start.js';
import type { SegmentEntry } from './segment-catalog.js';
import { segmentHeaderBytes } from './segment-header.js';
import { scanBuffers } from './segment-scanner.js';
import { cutTail, truncateSegment } from './tail-cut.js';
import { rewriteBytes } from './whole-file.js';
import { judgeTail, type SegmentRange, type TailVerdict } from './tail-judge.js';

export interface RecoveryPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly layout: DirectoryLayout;
  readonly log: JournalLog;
}

/** What was found, and how the segments after the last record may be used. */
export interface Recovered {
  readonly report: RecoveryReport;
  /** The segment to go on appending to, if it may be. */
  readonly resume: { readonly entry: SegmentEntry; readonly offset: number } | undefined;
  /** Segments that went or changed their length. */
  readonly removed: readonly number[];
  readonly resized: readonly SegmentEntry[];
  /** Segments after the last record that hold nothing. */
  readonly spares: readonly SegmentEntry[];
  /** The last segment that holds records or is to be appended to. */
  readonly lastSegment: number;
}

const newJournal: Recovered = {
  report: { records: 0, bytes: 0, lastSequence: 0, gaps: [], cleanStop: true, durationMs: 0 },
  resume: undefined,
  removed: [],
  resized: [],
  spares: [],
  lastSegment: 0,
};

/** Replays `segments` (in order, from the one `start` names) and settles their tail. */
export async function recover(
  ports: RecoveryPorts,
  segments: readonly SegmentEntry[],
  start: ReplayStart,
  visit: (record: RecordView) => void,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<Recovered> {
  if (segments.length === 0) return newJournal;
  const startedAt = ports.clock.monotonic();
  const buffers = scanBuffers(Math.max(...segments.map((entry) => entry.bytes)));
  const totalBytes = segments.reduce((sum, entry) => sum + entry.bytes, 0) - start.offset;
  const replayer = new Replayer(ports.disk, segments, buffers, visit);
  const position: ReplayPosition = { index: 0, offset: start.offset, sequence: start.sequence };
  const end = await replayer.run(position, (bytes) => {
    onProgress(bytes, totalBytes);
  });
  const verdict = await judgeTail(ports.disk, segments, buffers, end);
  if (verdict.kind === 'damaged') throw damage(verdict);
  const cleanStop = end.cleanStop && verdict.ranges.length === 0;
  const tornTail = cleanStop ? undefined : await settleTail(ports, segments, end, verdict.ranges);
  const report: RecoveryReport = {
    records: end.records,
    bytes: end.bytes,
    lastSequence: end.whole.sequence - 1,
    ...(tornTail === undefined ? {} : { tornTail }),
    gaps: end.gaps,
    cleanStop,
    durationMs: ports.clock.monotonic() - startedAt,
  };
  return { report, ...plan(segments, end, verdict.ranges, cleanStop) };
}

/** After a crash: what was read is made durable, and the segment ends after its last whole record. */
async function settleTail(
  ports: RecoveryPorts,
  segments: readonly SegmentEntry[],
  end: ReplayEnd,
  ranges: readonly SegmentRange[],
): Promise<TornTail | undefined> {
  const { disk, layout, log } = ports;
  const last = segments[end.whole.index]!;
  for (const entry of segments.slice(0, end.whole.index + 1)) {
    const to = entry.number === last.number ? end.whole.offset : entry.bytes;
    await syncSegment(disk, entry.path, unprovenFrom(entry, end), to);
  }
  const tornTail = await cutTail(disk, layout, last.number, ranges);
  const cut = ranges.some((range) => range.segment.number === last.number);
  if (!cut && end.whole.offset > segmentHeaderBytes) {
    await truncateSegment(disk, last.path, end.whole.offset);
  }
  if (tornTail !== undefined) log('journal.torn-tail', { ...tornTail });
  return tornTail;
}

/** Where the bytes of a segment begin that no watermark proves durable; its end or beyond: nowhere. */
function unprovenFrom(entry: SegmentEntry, { proven }: ReplayEnd): number {
  if (entry.number < proven.segment) return Infinity;
  return entry.number === proven.segment ? proven.offset : 0;
}

/**
 * Makes a segment durable. After a failed sync the cache may hold, as clean, what the medium does not, and no sync
 * would write it: so what is not proven durable, `[from, to)`, is written again first.
 */
async function syncSegment(disk: Disk, path: string, from: number, to: number): Promise<void> {
  const file = await disk.open(path, 'read-write');
  try {
    if (from < to) await rewriteBytes(file, from, to);
    await file.sync();
  } finally {
    await file.close();
  }
}

function plan(
  segments: readonly SegmentEntry[],
  end: ReplayEnd,
  ranges: readonly SegmentRange[],
  cleanStop: boolean,
): Omit<Recovered, 'report'> {
  const { index, offset } = end.whole;
  const last = segments[index]!;
  const torn = new Set(ranges.map((range) => range.segment.number));
  const after = segments.slice(index + 1);
  const untouched = offset === segmentHeaderBytes && !torn.has(last.number);
  const resumes = cleanStop || untouched;
  return {
    resume: resumes ? { entry: last, offset } : undefined,
    removed: after.filter((entry) => torn.has(entry.number)).map((entry) => entry.number),
    resized: resumes ? [] : [{ ...last, bytes: offset }],
    spares: after.filter((entry) => !torn.has(entry.number)),
    lastSegment: last.number,
  };
}

/** The error for damage: it names the range and what is missing. */
function damage(verdict: Extract<TailVerdict, { kind: 'damaged' }>): SluiceError {
  const { from, to, firstSequence, lastSequence } = verdict;
  const where =
    to === undefined
      ? `from byte ${from.offset} on`
      : to.segment === from.segment
        ? `from byte ${from.offset} to ${to.offset}`
        : `from byte ${from.offset} on, and up to byte ${to.offset} of ${to.segment.path}`;
  return new SluiceError(
    'journal-damaged',
    `${from.segment.path} is damaged ${where}: records ${firstSequence} to ${lastSequence} cannot be read; ` +
      'run `sluice repair` to set the range aside',
    {
      details: {
        segment: from.segment.number,
        path: from.segment.path,
        offset: from.offset,
        nextSegment: to?.segment.number,
        nextOffset: to?.offset,
        firstSequence,
        lastSequence,
      },
    },
  );
}
