/**
 * What programs are told of an analysis: the verdict, and the schedule that is drawn. Invariant: times are milliseconds,
 * and null stands for what has no bound or is not known.
 */
import type { Analysis, AnalysisOptions } from './analyze.js';
import { formatMs } from './exact-time.js';
import type { Schedule } from './schedule.js';
import type { TaskSet } from './task-document.js';

/** The verdict for one task. */
export interface TaskVerdict {
  readonly name: string;
  readonly schedulable: boolean;
  readonly responseMax: number | null;
  readonly slack: number | null;
  readonly costMax: number | null;
}

/** A piece of a job on a worker; tasks, jobs and workers are counted from 0. */
export interface DrawnSlice {
  readonly task: number;
  readonly job: number;
  readonly worker: number;
  readonly from: number;
  readonly to: number;
}

/** The schedule of the first hyperperiod, or of the part of it that can be drawn. */
export interface DrawnSchedule {
  readonly tasks: readonly { readonly name: string; readonly period: number; readonly deadline: number }[];
  readonly workers: number;
  readonly horizon: number;
  /** Whether the hyperperiod goes on beyond the horizon. */
  readonly isCut: boolean;
  readonly slices: readonly DrawnSlice[];
  /** Jobs that were late: when they were due, and when they ended; null: not within the horizon. */
  readonly misses: readonly {
    readonly task: number;
    readonly job: number;
    readonly due: number;
    readonly endedAt: number | null;
  }[];
}

/** Milliseconds from whole units. */
export function msOf({ unit }: TaskSet, time: number): number {
  return time / unit.perMs;
}

/** A time of the analysis with its unit. */
export function timeFormat(set: TaskSet): NonNullable<AnalysisOptions['format']> {
  return (time) => formatMs(msOf(set, time));
}

/** The verdict as a JSON document. */
export function analysisJson(set: TaskSet, analysis: Analysis) {
  const ms = (time: number | undefined): number | null => (time === undefined ? null : msOf(set, time));
  const { schedulable, test, exact, tasks, inconclusive, fewestWorkers, costFactorMax, partition, ...rest } =
    analysis;
  return {
    schedulable,
    test,
    exact,
    tasks: tasks.map(({ name, schedulable: isMet, responseMax, slack, costMax }): TaskVerdict => ({
      name,
      schedulable: isMet,
      responseMax: ms(responseMax),
      slack: ms(slack),
      costMax: ms(costMax),
    })),
    ...rest,
    inconclusive: inconclusive ?? null,
    fewestWorkers: fewestWorkers ?? null,
    costFactorMax: costFactorMax ?? null,
    partition: partition ?? null,
  };
}

/** The schedule as a JSON document. */
export function scheduleJson(set: TaskSet, schedule: Schedule): DrawnSchedule {
  const { tasks, workers, horizon, isCut, slices, misses } = schedule;
  const ms = (time: number): number => msOf(set, time);
  return {
    tasks: tasks.map(({ name, period, deadline }) => ({ name, period: ms(period), deadline: ms(deadline) })),
    workers,
    horizon: ms(horizon),
    isCut,
    slices: slices.map(({ task, index, worker, from, to }) => ({
      ...{ task, worker, job: index },
      ...{ from: ms(from), to: ms(to) },
    })),
    misses: misses.map(({ task, index, due, endedAt }) => ({
      ...{ task, job: index, due: ms(due) },
      endedAt: endedAt === undefined ? null : ms(endedAt),
    })),
  };
}
