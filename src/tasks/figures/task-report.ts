/**
 * What one process has done with tasks since its last report, by type of task: docs/formats/task.md. Invariant: each
 * report is a record of its own and tells what was not told before; whoever adds up every report once has the whole.
 */
import { isBuckets } from '../../kernel/index.js';

/** What is counted. */
export const countNames = [
  ...(['enqueued', 'attempts', 'completed', 'failed', 'retried', 'cancelled', 'missed', 'late'] as const),
] as const;
export type TaskCount = (typeof countNames)[number];

/** What is timed. */
export const timeNames = ['wait', 'processing', 'response'] as const;
export type TaskTime = (typeof timeNames)[number];

/** Durations in the buckets of a `LatencyHistogram`. */
export interface ReportedTimes {
  readonly buckets: readonly number[];
  readonly sumMicroseconds: number;
  readonly maxMicroseconds: number;
}

/** What is left out is nothing; of `startLaxityMs`, unknown. */
export interface TaskReport extends Partial<Readonly<Record<TaskCount, number>>> {
  /** Handlers at work now. */
  readonly running: number;
  /** The least time that an attempt had left before its deadline when it began, less its expected cost. */
  readonly startLaxityMs?: number | undefined;
  readonly times?: Partial<Readonly<Record<TaskTime, ReportedTimes>>> | undefined;
}

/** By type of task. */
export type TaskReports = ReadonlyMap<string, TaskReport>;

/** Reports begin with this. */
export const reportPrefix = 'task-figures/';

const typesMax = 10_000;
const nameLengthMax = 255;

/** `process` names who reports; `number` counts its reports. */
export function reportKey(process: string, number: number): string {
  return `${reportPrefix}${process}/${number}`;
}

/** The process that a report is from; undefined: it is none. */
export function reporterOf(key: string): string | undefined {
  const match = /^task-figures\/([\w-]{1,64})\/\d{1,15}$/.exec(key);
  return match?.[1];
}

export function encodeReports(reports: TaskReports): Buffer {
  return Buffer.from(JSON.stringify(Object.fromEntries(reports)));
}

/** Undefined for what no process has reported. */
export function decodeReports(value: Buffer): TaskReports | undefined {
  let given: unknown;
  try {
    given = JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given as Record<string, unknown>);
  if (entries.length > typesMax) return undefined;
  const isGood = entries.every(([name, report]) => name.length <= nameLengthMax && isReport(report));
  return isGood ? new Map(entries as [string, TaskReport][]) : undefined;
}

function isReport(given: unknown): given is TaskReport {
  if (typeof given !== 'object' || given === null) return false;
  const { running, startLaxityMs, times = {} } = given as Record<string, unknown>;
  if (!isCount(running) || (startLaxityMs !== undefined && !Number.isFinite(startLaxityMs))) return false;
  if (!countNames.every((name) => isCount((given as Record<string, unknown>)[name] ?? 0))) return false;
  if (typeof times !== 'object' || times === null) return false;
  return timeNames.every((name) => areTimes((times as Record<string, unknown>)[name]));
}

function areTimes(given: unknown): boolean {
  if (given === undefined) return true;
  if (typeof given !== 'object' || given === null) return false;
  const { buckets, sumMicroseconds, maxMicroseconds } = given as Record<string, unknown>;
  return (
    Array.isArray(buckets) && isBuckets(buckets) && isAmount(sumMicroseconds) && isAmount(maxMicroseconds)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAmount(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0;
}
