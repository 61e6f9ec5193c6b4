/** The list of task types: what the queues tell and what is measured, together; searched and sorted. Pure. */
import type { Page } from '../../server/api.ts';
import type { FigureRow } from '../../server/answers.ts';
import type { TaskQueue } from './answers.ts';

export const columns = [
  ...(['task', 'waiting', 'running', 'held', 'delayed', 'dead'] as const),
  ...(['ended', 'processing', 'response', 'misses', 'laxity', 'workers', 'capacity'] as const),
] as const;
export type Column = (typeof columns)[number];

/** Undefined: unknown. Times are in seconds. */
export type TaskRow = Readonly<Record<Exclude<Column, 'task'>, number | undefined>> & {
  readonly task: string;
};

/** Ends of tasks counted at a moment, of each type. */
export interface EndedCount {
  readonly atMs: number;
  readonly ended: ReadonlyMap<string, number>;
}

const prefix = 'sluice_task_';

export function endedCount(figures: readonly FigureRow[], atMs: number): EndedCount {
  return {
    atMs,
    ended: new Map(
      figures.map(({ labels, figures: each }) => [
        labels['task'] ?? '',
        ['completed_total', 'failed_total', 'cancelled_total', 'missed_total'].reduce(
          (sum, name) => sum + (each[prefix + name] ?? 0),
          0,
        ),
      ]),
    ),
  };
}

/** Places of the workers of each queue, from the figures of consumers; none unless that is all of them. */
export function placesOf({ items, next }: Page<FigureRow>): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  if (next !== undefined) return places;
  for (const { labels, figures } of items) {
    const queue = labels['queue'] ?? '';
    const limit = figures['sluice_consumer_prefetch_limit'];
    if (limit !== undefined && limit > 0) places.set(queue, (places.get(queue) ?? 0) + limit);
  }
  return places;
}

/** Of the rates nothing is known before there are two counts. */
export function taskRows(
  queues: readonly TaskQueue[],
  figures: readonly FigureRow[],
  places: ReadonlyMap<string, number>,
  now: EndedCount,
  before: EndedCount | undefined,
): TaskRow[] {
  const measured = new Map(figures.map(({ labels, figures: each }) => [labels['task'], each]));
  const named = new Map(queues.map((queue) => [queue.task ?? queue.queue, queue]));
  const names = new Set([...named.keys(), ...measured.keys()].filter((name) => name !== undefined));
  return [...names].map((task) => {
    const { waiting, delayed, held, dead, workers, queue, ...rest }: Partial<TaskQueue> =
      named.get(task) ?? {};
    const each = measured.get(task) ?? {};
    const running = each[`${prefix}running`] ?? rest.running;
    const slots = queue === undefined ? undefined : places.get(queue);
    return {
      task,
      ...{ waiting, running, held, delayed, dead, workers },
      ended: rateOf(task, now, before),
      processing: each[`${prefix}processing_seconds_p50`],
      response: each[`${prefix}response_seconds_p99`],
      misses: each[`${prefix}deadlines_missed_total`],
      laxity: each[`${prefix}start_laxity_seconds`] ?? each[`${prefix}least_laxity_seconds`],
      capacity: slots === undefined || slots === 0 || running === undefined ? undefined : running / slots,
    };
  });
}

function rateOf(task: string, now: EndedCount, before: EndedCount | undefined): number | undefined {
  const ended = now.ended.get(task);
  const was = before?.ended.get(task);
  if (before === undefined || ended === undefined || was === undefined) return undefined;
  const seconds = (now.atMs - before.atMs) / 1_000;
  return seconds <= 0 || ended < was ? undefined : (ended - was) / seconds;
}

/** `-` in front: the reverse. What is unknown comes last either way. */
export function sortedRows(rows: readonly TaskRow[], sort: string): TaskRow[] {
  const isDescending = sort.startsWith('-');
  const column = columns.find((name) => name === sort.replace(/^-/, '')) ?? 'task';
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [one[column], other[column]];
    if (a === b) return one.task < other.task ? -1 : 1;
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    return a < b ? -sign : sign;
  });
}
