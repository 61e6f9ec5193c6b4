/**
 * Processor demand for earliest deadline first on one worker: preemptive (Baruah, Rosier and Howell 1990) and not
 * (Jeffay 1991, George 1996), by the quick search of Zhang and Burns (QPA, 2009). Both are exact for tasks that arrive
 * at any moment, except not preemptive with jitter, where a refusal may be too strict.
 */
import { distanceTo } from './ratio.js';
import type { StepBudget } from './step-budget.js';
import type { Task } from './task.js';
import { compareUtilisation, hyperperiodOf, shares } from './utilisation.js';
import { workBefore } from './busy-work.js';

/** A moment by which more work is due than there is time, from the start of a busy period. */
export interface Overdemand {
  readonly by: number;
  readonly demand: number;
  readonly blocking: number;
  readonly blocker: string | undefined;
}

/** `dbf(t)`: work of jobs that arrive and are due within `t`, with jitter used to the full. */
export function demandUpTo(tasks: readonly Task[], t: number): number {
  let demand = 0;
  for (const { cost, period, deadline, jitter } of tasks) {
    const jobs = Math.floor((t + jitter - deadline) / period) + 1;
    if (jobs > 0) demand += jobs * cost;
  }
  return demand;
}

/** What a job due after `t`, started one unit early, can take from those due by `t`. */
export function blockingAt(
  tasks: readonly Task[],
  t: number,
): { blocking: number; blocker: string | undefined } {
  let [blocking, blocker]: [number, string | undefined] = [0, undefined];
  for (const { cost, deadline, name } of tasks)
    if (deadline > t && cost - 1 > blocking) [blocking, blocker] = [cost - 1, name];
  return { blocking, blocker };
}

/**
 * Up to where deadlines must be looked at: the lesser of Baruah's bound `sum (T - D) U / (1 - U)` and the longest busy
 * period; with a utilisation of 1, a hyperperiod beyond the longest deadline. The utilisation is at most 1.
 */
export function demandHorizon(tasks: readonly Task[], budget: StepBudget): number {
  const deadlineMax = tasks.reduce((max, { deadline }) => Math.max(max, deadline), 0);
  const bound = patternSpan(tasks) ?? slackBound(tasks) * (1 + 1e-9) + 1;
  return Math.max(deadlineMax, busyPeriod(tasks, { limit: bound, blocking: 0 }, budget));
}

/**
 * When the worker is used fully: a span after which everything has been seen once, infinite when it cannot be
 * computed. `undefined` when the worker has time to spare.
 */
export function patternSpan(tasks: readonly Task[]): number | undefined {
  if (compareUtilisation(tasks, 1) < 0) return undefined;
  const deadlineMax = tasks.reduce((max, { deadline }) => Math.max(max, deadline), 0);
  return (hyperperiodOf(tasks) ?? Infinity) + deadlineMax;
}

/** Baruah's bound, for a utilisation below 1. */
export function slackBound(tasks: readonly Task[]): number {
  const spare = distanceTo(1, shares(tasks));
  const sum = tasks.reduce(
    (total, { cost, period, deadline, jitter }) => total + ((period - deadline + jitter) * cost) / period,
    0,
  );
  return sum / spare;
}

/** The longest time the worker is busy after `blocking`, when all tasks arrive at once; not beyond `limit`. */
export function busyPeriod(
  tasks: readonly Task[],
  { limit, blocking }: { limit: number; blocking: number },
  budget: StepBudget,
): number {
  let busy = tasks.reduce((sum, { cost }) => sum + cost, blocking);
  while (busy < limit) {
    const next = budget.exact(blocking + workBefore(tasks, busy, budget));
    if (next === busy) return busy;
    busy = next;
  }
  return limit;
}

/** The latest deadline at or before `t`; 0 when there is none. */
function deadlineAtOrBefore(tasks: readonly Task[], t: number): number {
  let latest = 0;
  for (const { period, deadline, jitter } of tasks) {
    const first = deadline - jitter;
    if (first <= t) latest = Math.max(latest, first + Math.floor((t - first) / period) * period);
  }
  return latest;
}

/**
 * A moment by which `dbf(t)` and the blocking exceed `t`, or `undefined` when the tasks meet their deadlines. The
 * utilisation is at most 1, and every task fits alone.
 */
export function findOverdemand(
  tasks: readonly Task[],
  isPreemptive: boolean,
  budget: StepBudget,
): Overdemand | undefined {
  if (isPreemptive && tasks.every(isImplicit)) return undefined;
  let to = demandHorizon(tasks, budget);
  for (const { from, blocking, blocker } of blockingSteps(tasks, isPreemptive)) {
    const by = searchDown(tasks, from, to, blocking, budget);
    if (by !== undefined) return { by, demand: demandUpTo(tasks, by), blocking, blocker };
    to = Math.min(to, from - 1);
  }
  return undefined;
}

/** With deadlines at the periods a utilisation of at most 1 is enough. */
function isImplicit({ deadline, period, jitter }: Task): boolean {
  return deadline === period && jitter === 0;
}

/** Nobody can be in the way. */
export const noBlocking = { blocking: 0, blocker: undefined };

interface BlockingStep {
  readonly from: number;
  readonly blocking: number;
  readonly blocker: string | undefined;
}

/** From which moment up to the step before it which blocking counts, latest first: it grows toward 0. */
function blockingSteps(tasks: readonly Task[], isPreemptive: boolean): BlockingStep[] {
  const steps: BlockingStep[] = [];
  let longest: Omit<BlockingStep, 'from'> = noBlocking;
  for (const { deadline, cost, name } of isPreemptive
    ? []
    : [...tasks].sort((a, b) => b.deadline - a.deadline)) {
    if (cost - 1 <= longest.blocking) continue;
    steps.push({ ...longest, from: deadline });
    longest = { blocking: cost - 1, blocker: name };
  }
  return [...steps, { ...longest, from: 0 }];
}

/**
 * QPA within `[from, to]`, where `blocking` is constant: since the demand never decreases, a demand `h <= t` at `t`
 * clears every moment between `h` and `t` too.
 */
function searchDown(
  tasks: readonly Task[],
  from: number,
  to: number,
  blocking: number,
  budget: StepBudget,
): number | undefined {
  let t = deadlineAtOrBefore(tasks, to);
  while (t >= from && t > 0) {
    budget.spend(3 * tasks.length);
    const demand = demandUpTo(tasks, t) + blocking;
    if (demand > t) return t;
    t = deadlineAtOrBefore(tasks, demand < t ? demand : t - 1);
  }
  return undefined;
}
