/** Task sets to begin with: examples, and what the server has measured of its own tasks. Pure. */
import type { FigureRow } from '../../server/answers.ts';
import { rowOf, rowsMax, setOf, type Row, type TaskSet } from './task-set.ts';

export const examples = {
  payments: setOf([
    rowOf('charge', '3ms', '10ms'),
    rowOf('reserve', '4ms', '12ms'),
    rowOf('report', '5ms', '60ms'),
  ]),
  holdBack: setOf([
    rowOf('charge', '3ms', '10ms'),
    rowOf('reserve', '6ms', '12ms'),
    rowOf('report', '8ms', '60ms'),
  ]),
  twoWorkers: setOf(
    [rowOf('scan', '2ms', '10ms'), rowOf('match', '2ms', '10ms'), rowOf('render', '10ms', '11ms')],
    {
      workers: 2,
    },
  ),
} as const satisfies Readonly<Record<string, TaskSet>>;
export type ExampleName = keyof typeof examples;

/** What is known of one type of task. */
export interface Measured {
  readonly task: string;
  readonly costSeconds: number;
  readonly perSecond: number;
}

const costSeries = 'sluice_task_processing_seconds_p95';

/** The types whose cost is known, with the rate at which they come; `rates` by name. */
export function measuredOf(
  figures: readonly FigureRow[],
  rates: ReadonlyMap<string, number>,
): readonly Measured[] {
  return figures.flatMap(({ labels, figures: each }) => {
    const task = labels['task'];
    const costSeconds = each[costSeries];
    const perSecond = task === undefined ? undefined : rates.get(task);
    return task === undefined || costSeconds === undefined || perSecond === undefined || perSecond <= 0
      ? []
      : [{ task, costSeconds, perSecond }];
  });
}

/** A duration of whole units, up for a cost and down for a period, so that neither is made to look better. */
export function durationText(seconds: number, round: (value: number) => number): string {
  const microseconds = Math.max(1, round(seconds * 1e6));
  if (microseconds < 10_000) return `${microseconds}us`;
  return `${Math.max(1, round(seconds * 1e3))}ms`;
}

export function measuredSet(measured: readonly Measured[], workers: number): TaskSet {
  const rows = measured.slice(0, rowsMax).map(({ task, costSeconds, perSecond }): Row => {
    return rowOf(task, durationText(costSeconds, Math.ceil), durationText(1 / perSecond, Math.floor));
  });
  return setOf(rows, { workers: Math.min(1_000, Math.max(1, workers)), learned: true });
}

/** Tasks that the workers hold at a time: the most of each connection, as its queues share its places. */
export function placesOf(consumers: readonly FigureRow[]): number {
  const places = new Map<string, number>();
  for (const { labels, figures } of consumers) {
    if (labels['queue']?.startsWith('sluice.tasks.') !== true) continue;
    const connection = (labels['consumer'] ?? '').split(' (')[0]!;
    const limit = figures['sluice_consumer_prefetch_limit'] ?? 1;
    places.set(connection, Math.max(places.get(connection) ?? 0, limit));
  }
  return [...places.values()].reduce((sum, limit) => sum + limit, 0);
}
