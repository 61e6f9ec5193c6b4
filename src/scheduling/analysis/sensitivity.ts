/**
 * How far a verdict is from its opposite: the longest cost of each task alone, one factor for all costs together, and
 * the fewest workers. By bisection: less work or more workers never make these tests refuse what they accepted.
 */
import { runTest } from './choose-test.js';
import type { Setup } from './outcome.js';
import { place } from './several-workers-test.js';
import { oneWorkerTest } from './choose-test.js';
import { attemptOr, type StepBudget } from './step-budget.js';
import { fitsAlone, timeMax, type Task } from './task.js';

/** The largest whole number in `[low, high]` that `holds`, which turns from true to false once; or `undefined`. */
export function largest(low: number, high: number, holds: (n: number) => boolean): number | undefined {
  if (high < low || !holds(low)) return undefined;
  while (low < high) {
    const middle = high - Math.floor((high - low) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The least whole number in `[low, high]` that `holds`, which turns from false to true once; or `undefined`. */
function least(low: number, high: number, holds: (n: number) => boolean): number | undefined {
  if (high < low || !holds(high)) return undefined;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

function passes(tasks: readonly Task[], setup: Setup, verdict: StepBudget): boolean {
  verdict.spend(20 * tasks.length);
  return tasks.every(fitsAlone) && runTest(tasks, setup, { verdict, responses: undefined }).isSchedulable;
}

/**
 * The longest cost of each task with which all still meet their deadlines, the others unchanged; shorter than its cost
 * where the tasks miss now. `undefined`: no cost would do, or the budget was spent.
 */
export function longestCosts(
  tasks: readonly Task[],
  setup: Setup,
  budget: StepBudget,
): (number | undefined)[] {
  return tasks.map((task, index) =>
    attemptOr(undefined, () =>
      largest(1, task.deadline - task.jitter, (cost) =>
        passes(tasks.with(index, { ...task, cost }), setup, budget),
      ),
    ),
  );
}

/** Factors are found in steps of a thousandth. */
const factorSteps = 1_000;

/**
 * The largest factor by which all costs may be multiplied together, in thousandths; below 1 where the tasks miss now.
 * Times are cut a thousand times finer for it, so that it is not rounded by their unit.
 */
export function largestFactor(tasks: readonly Task[], setup: Setup, budget: StepBudget): number | undefined {
  if (tasks.some(({ period }) => period * factorSteps > timeMax)) return undefined;
  const most = Math.floor(
    Math.min(...tasks.map(({ cost, deadline, jitter }) => ((deadline - jitter) * factorSteps) / cost)),
  );
  const scaled = (factor: number): Task[] =>
    tasks.map((task) => ({
      ...task,
      cost: task.cost * factor,
      period: task.period * factorSteps,
      deadline: task.deadline * factorSteps,
      jitter: task.jitter * factorSteps,
    }));
  const found = attemptOr(undefined, () =>
    largest(1, most, (factor) => passes(scaled(factor), setup, budget)),
  );
  return found === undefined ? undefined : found / factorSteps;
}

/** The fewest workers with which the tasks are accepted; `undefined`: no number is, or the budget was spent. */
export function fewestWorkers(tasks: readonly Task[], setup: Setup, budget: StepBudget): number | undefined {
  if (!tasks.every(fitsAlone)) return undefined;
  return attemptOr(undefined, () => {
    if (setup.isPartitioned) return fewestPlaces(tasks, setup, budget);
    const enough = (workers: number): boolean => passes(tasks, { ...setup, workers }, budget);
    if (enough(1)) return 1;
    // Several workers on one queue do not hold back: what they gain is not lost to idling.
    return least(2, tasks.length, (workers) =>
      passes(tasks, { ...setup, workers, isHoldBack: false }, budget),
    );
  });
}

function fewestPlaces(tasks: readonly Task[], setup: Setup, verdict: StepBudget): number | undefined {
  const fit = (own: readonly Task[]): boolean =>
    oneWorkerTest(own, setup, { verdict, responses: undefined }).isSchedulable;
  const { workers, unplaced } = place(tasks, Infinity, fit);
  return unplaced === undefined ? workers.length : undefined;
}
