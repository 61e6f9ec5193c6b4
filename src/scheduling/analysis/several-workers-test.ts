/** The verdicts for several workers: one queue that all serve, or each task on a worker of its own choice. */
import { densityTest, globalResponses } from './global-test.js';
import { tightestOf } from './edf-test.js';
import type { Outcome, Setup, TaskOutcome } from './outcome.js';
import type { StepBudget } from './step-budget.js';
import { ranksOf, type Task } from './task.js';
import { utilisationOf } from './utilisation.js';

/** One queue for all workers. Every task fits alone. Sufficient only. */
export function globalTest(tasks: readonly Task[], setup: Setup, budget: StepBudget): Outcome {
  const { policy, workers, isPreemptive } = setup;
  const density = isPreemptive && policy === 'edf' ? densityTest(tasks, workers) : undefined;
  const ranks = policy === 'edf' ? undefined : ranksOf(tasks, policy);
  const responses = globalResponses({ tasks, workers, isPreemptive, ranks, budget });
  const late = responses.indexOf(undefined);
  if (late === -1) return bounded(tasks, isPreemptive, responses);
  if (density?.passes === true) return byDensity(tasks, density);
  return {
    test: globalTestName(isPreemptive),
    isExact: false,
    isSchedulable: false,
    // A bound supposes that all others are in time: none holds.
    tasks: responses.map((response) => ({ isSchedulable: response !== undefined, response: undefined })),
    finding: density === undefined ? { kind: 'no-window', task: late } : { kind: 'density', ...density },
  };
}

function globalTestName(isPreemptive: boolean): 'global-response' | 'global-response-non-preemptive' {
  return isPreemptive ? 'global-response' : 'global-response-non-preemptive';
}

function bounded(
  tasks: readonly Task[],
  isPreemptive: boolean,
  responses: readonly (number | undefined)[],
): Outcome {
  const outcomes = responses.map((response) => ({ isSchedulable: true, response }));
  const finding = tightestOf(tasks, outcomes);
  const test = globalTestName(isPreemptive);
  return { test, isExact: false, isSchedulable: true, tasks: outcomes, finding };
}

function byDensity(tasks: readonly Task[], density: { density: number; limit: number }): Outcome {
  return {
    test: 'global-density',
    isExact: false,
    isSchedulable: true,
    tasks: tasks.map(() => ({ isSchedulable: true, response: undefined })),
    finding: { kind: 'density', ...density },
  };
}

/** Workers, each with the tasks that are its own, and the first task that found no room. */
export interface Placement {
  readonly workers: readonly (readonly number[])[];
  readonly unplaced: number | undefined;
}

/**
 * First-fit decreasing: tasks, the greatest utilisation first, each go to the first worker where the tasks still
 * `fit` with it. `workersMax` may be `Infinity`, to see how many are used.
 */
export function place(
  tasks: readonly Task[],
  workersMax: number,
  fit: (tasks: readonly Task[]) => boolean,
): Placement {
  const order = tasks
    .map((task, index) => ({ index, use: utilisationOf([task]) }))
    .sort((a, b) => b.use - a.use || a.index - b.index);
  const workers: number[][] = [];
  for (const { index } of order) {
    const worker = workers.find((own) => fit([...own, index].sort(ascending).map((task) => tasks[task]!)));
    if (worker !== undefined) worker.push(index);
    else if (workers.length < workersMax && fit([tasks[index]!])) workers.push([index]);
    else return { workers, unplaced: index };
  }
  return { workers: workers.map((own) => own.sort(ascending)), unplaced: undefined };
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** Each task on one worker; sufficient, since another distribution might do. */
export function partitionedTest(
  tasks: readonly Task[],
  workersMax: number,
  fit: (tasks: readonly Task[]) => boolean,
  test: (tasks: readonly Task[]) => Outcome,
): Outcome {
  const { workers, unplaced } = place(tasks, workersMax, fit);
  const outcomes: TaskOutcome[] = tasks.map(() => ({ isSchedulable: false, response: undefined }));
  for (const worker of workers) {
    const { tasks: own } = test(worker.map((task) => tasks[task]!));
    worker.forEach((task, index) => (outcomes[task] = own[index]!));
  }
  return {
    test: 'partitioned',
    isExact: false,
    isSchedulable: unplaced === undefined,
    tasks: outcomes,
    finding: unplaced === undefined ? tightestOf(tasks, outcomes) : { kind: 'unplaced', task: unplaced },
    partition: workers,
  };
}
