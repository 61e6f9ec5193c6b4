/**
 * What operators did, from records of the audit log, for the report. Pure. Invariants: what one person did again and
 * again is one line with a count, so that a thousand purges do not hide the rest; no more than `actsMax` lines, the
 * newest, and how many acts are left out is told.
 */
import type { ReportedAct } from './types.js';

/** Lines of a report. */
const actsMax = 200;
/** One person who did the same to more things than this has one line for all of them. */
const subjectsMax = 3;

/** A record of an act, as far as it is told. */
export interface ActRecord {
  /** Unix ms. */
  readonly atMs: number;
  readonly event: string;
  readonly actor: string;
  readonly subject: string;
  readonly outcome: string;
  readonly reason?: string;
  /** How many equal ones it stands for. */
  readonly count: number;
}

/** What could be read of the audit log. */
export type ActsRead =
  | {
      readonly kind: 'read';
      /** Newest first. */
      readonly records: readonly ActRecord[];
      /** What is older was not looked at; left out: everything was. */
      readonly reachedMs?: number | undefined;
    }
  /** Whoever asks may not read it. */
  | { readonly kind: 'refused'; readonly reason: string };

type Line = { -readonly [Field in keyof ReportedAct]: ReportedAct[Field] };

/** The lines, oldest first, and how many acts stand in none of them. */
export function actsIn(records: readonly ActRecord[]): {
  readonly acts: readonly ReportedAct[];
  readonly leftOut: number;
} {
  const lines = [...groupsOf(records).values()].flatMap(linesOf).sort((a, b) => a.toMs - b.toMs);
  const acts = lines.slice(-actsMax);
  const leftOut = lines.slice(0, -actsMax).reduce((sum, { count }) => sum + count, 0);
  return { acts, leftOut };
}

/** Lines of those who did the same with the same outcome, by what it was done to. */
function groupsOf(records: readonly ActRecord[]): Map<string, Map<string, Line>> {
  const groups = new Map<string, Map<string, Line>>();
  for (const record of records) {
    const key = [record.actor, record.event, record.outcome].join('\0');
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = new Map<string, Line>()));
    const line = group.get(record.subject);
    if (line === undefined) group.set(record.subject, lineOf(record));
    else add(line, record);
  }
  return groups;
}

function lineOf({ atMs, actor, event, subject, outcome, reason, count }: ActRecord): Line {
  const told = reason === undefined ? {} : { reason };
  return { fromMs: atMs, toMs: atMs, actor, event, subject, others: 0, outcome, ...told, count };
}

function add(line: Line, { atMs, ...record }: ActRecord): void {
  merge(line, { ...record, fromMs: atMs, toMs: atMs });
}

type Merged = Pick<ReportedAct, 'fromMs' | 'toMs' | 'reason' | 'count'>;

function merge(line: Line, { fromMs, toMs, count, reason }: Merged): void {
  line.fromMs = Math.min(line.fromMs, fromMs);
  line.toMs = Math.max(line.toMs, toMs);
  line.count += count;
  // What was so of one of them is not so of all.
  if (line.reason !== reason) delete line.reason;
}

function linesOf(group: ReadonlyMap<string, Line>): Line[] {
  const lines = [...group.values()];
  if (lines.length <= subjectsMax) return lines;
  // The newest came first.
  const [newest, ...rest] = lines as [Line, ...Line[]];
  for (const line of rest) merge(newest, line);
  newest.others = rest.length;
  return [newest];
}
