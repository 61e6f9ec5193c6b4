/**
 * The workers now as lanes: each with its places, and in each the task that runs there, on an axis around the moment.
 * Pure.
 */
import type { FigureRow } from '../../server/answers.ts';

export type Risk = 'on-time' | 'at-risk' | 'late';

interface TaskNow {
  readonly taskId?: string;
  readonly task?: string;
  readonly queue: string;
  readonly attempts: number;
  readonly deadline?: string;
  readonly costMs?: number;
  readonly risk?: Risk;
}

export interface RunningTask extends TaskNow {
  readonly worker?: string;
  readonly since?: string;
  readonly expectedEnd?: string;
}

export interface WaitingTask extends TaskNow {
  readonly position: number;
  readonly enqueuedAt: string;
  readonly expectedStart?: string;
}

export interface RosterEntry {
  readonly id: string;
  readonly queue: string;
  readonly tasks: readonly string[];
  readonly concurrency: number;
  readonly max: number;
  readonly host: string;
  readonly pid: number;
}

export interface WorkNow {
  readonly at: string;
  readonly running: readonly RunningTask[];
  readonly waiting: readonly WaitingTask[];
  readonly roster: readonly RosterEntry[];
  readonly isCut: boolean;
}

export interface Lane {
  /** Undefined: who has these tasks is not known. */
  readonly worker: string | undefined;
  readonly running: readonly RunningTask[];
  /** Tasks that it takes at a time, at most, of all its queues; undefined: without limit, or unknown. */
  readonly places: number | undefined;
}

const taskQueues = 'sluice.tasks.';

/** A consumer is named by its connection, its channel and its tag: `CONNECTION (3) TAG`. */
export function connectionOf(consumer: string): string {
  return consumer.replace(/ \(\d+\) [^ ]*$/, '');
}

/** One lane for each connection that consumes from a queue of tasks, or has a task; the busiest first. */
export function lanesOf(running: readonly RunningTask[], consumers: readonly FigureRow[]): Lane[] {
  const places = new Map<string | undefined, number | undefined>();
  for (const { labels, figures } of consumers) {
    if (labels['queue']?.startsWith(taskQueues) !== true) continue;
    const connection = connectionOf(labels['consumer'] ?? '');
    const limit = figures['sluice_consumer_prefetch_limit'];
    const isFirst = !places.has(connection);
    const before = places.get(connection);
    places.set(
      connection,
      limit === undefined || limit === 0 || (!isFirst && before === undefined)
        ? undefined
        : (before ?? 0) + limit,
    );
  }
  for (const { worker } of running) if (!places.has(worker)) places.set(worker, undefined);
  return [...places]
    .map(([worker, limit]) => ({
      worker,
      running: running.filter((task) => task.worker === worker),
      places: limit,
    }))
    .sort(
      (one, other) =>
        other.running.length - one.running.length || ((one.worker ?? '') < (other.worker ?? '') ? -1 : 1),
    );
}

export interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
}

const spansMs = [
  2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 7_200_000, 43_200_000, 259_200_000,
];
/** Of the span, what lies before the moment. */
const pastShare = 0.6;

/** The shortest span of the table in which what runs has its beginning, its expected end and its deadline. */
export function axisAround(running: readonly RunningTask[], nowMs: number): Axis {
  const before = running.map(({ since }) => (since === undefined ? 0 : nowMs - Date.parse(since)));
  const after = running.flatMap(({ expectedEnd, deadline }) =>
    [expectedEnd, deadline].map((text) => (text === undefined ? 0 : Date.parse(text) - nowMs)),
  );
  const past = Math.max(0, ...before);
  const future = Math.max(0, ...after);
  const span =
    spansMs.find(
      (each) => each * pastShare >= past && each * (1 - pastShare) >= Math.min(future, past * 4),
    ) ?? spansMs.at(-1)!;
  return { fromMs: nowMs - span * pastShare, toMs: nowMs + span * (1 - pastShare) };
}

/** Where a moment lies on the axis, from 0 to 1. */
export function placeOn({ fromMs, toMs }: Axis, ms: number): number {
  return Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)));
}

/** Round moments of the axis. */
export function ticksOf({ fromMs, toMs }: Axis): readonly number[] {
  const step = (toMs - fromMs) / 5;
  return Array.from({ length: 6 }, (_, index) => fromMs + index * step);
}
