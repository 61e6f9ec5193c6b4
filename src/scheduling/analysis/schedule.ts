/**
 * The schedule of the first hyperperiod, when all tasks arrive at once and take their whole cost: what is drawn. It is
 * one life of many: a schedule without a miss proves nothing, except where the analysis says so.
 */
import type { Setup } from './outcome.js';
import { simulate, type SimulationRecord } from './simulation.js';
import type { Task } from './task.js';
import { hyperperiodOf } from './utilisation.js';

/** A schedule up to `horizon`; workers and tasks are told by index. */
export interface Schedule extends SimulationRecord {
  readonly tasks: readonly Task[];
  readonly workers: number;
  readonly horizon: number;
  /** Whether the hyperperiod goes on beyond the horizon. */
  readonly isCut: boolean;
}

/** Jobs that can still be told apart in a picture. */
const jobsMax = 400;

/**
 * Simulates the first hyperperiod, or as much of it as has about 400 jobs.
 * @param partition the tasks of each worker by name, when each has its own.
 */
export function scheduleOf(
  tasks: readonly Task[],
  setup: Setup,
  partition: readonly (readonly string[])[] | undefined,
): Schedule {
  const { horizon, isCut } = horizonOf(tasks);
  if (partition === undefined) {
    return { tasks, workers: setup.workers, horizon, isCut, ...simulate(tasks, { ...setup, horizon }) };
  }
  const parts = partition.map((names, worker) => partOf(tasks, setup, horizon, names, worker));
  return {
    tasks,
    workers: setup.workers,
    horizon,
    isCut,
    slices: parts.flatMap(({ slices }) => slices),
    jobs: parts.flatMap(({ jobs }) => jobs),
    misses: parts.flatMap(({ misses }) => misses),
  };
}

/** The schedule of one worker that has tasks of its own. */
function partOf(
  tasks: readonly Task[],
  setup: Setup,
  horizon: number,
  names: readonly string[],
  worker: number,
): SimulationRecord {
  const own = tasks.filter(({ name }) => names.includes(name));
  const { slices, jobs, misses } = simulate(own, { ...setup, workers: 1, horizon });
  const inAll = <Item extends { readonly task: number }>(item: Item): Item => ({
    ...item,
    task: tasks.indexOf(own[item.task]!),
  });
  return {
    slices: slices.map((slice) => ({ ...inAll(slice), worker })),
    jobs: jobs.map(inAll),
    misses: misses.map(inAll),
  };
}

function horizonOf(tasks: readonly Task[]): { horizon: number; isCut: boolean } {
  const hyperperiod = hyperperiodOf(tasks) ?? Infinity;
  const perUnit = tasks.reduce((sum, { period }) => sum + 1 / period, 0);
  const readable = Math.max(1, Math.floor(jobsMax / perUnit));
  return { horizon: Math.min(hyperperiod, readable), isCut: hyperperiod > readable };
}
