/**
 * Sufficient tests for one queue served by several workers: the density bound for preemptive earliest deadline first
 * (Goossens, Funk and Baruah 2003), and windows of interference for any policy that leaves no worker idle (after
 * Bertogna and Cirinei 2007), with the refinement for fixed priorities. A refusal proves nothing.
 */
import { approximate, compareSum, type Fraction } from './ratio.js';
import type { StepBudget } from './step-budget.js';
import { higherThan, lowerThan, type Task } from './task.js';

/** The density of the tasks against its limit. */
export interface DensityOutcome {
  readonly density: number;
  readonly limit: number;
  readonly passes: boolean;
}

function densityOf({ cost, deadline, jitter }: Task): Fraction {
  // Ready after its jitter, a job has that much less time.
  return { over: cost, under: deadline - jitter };
}

/** GFB: `sum of densities <= m - (m - 1) * the greatest density`. Every task fits alone. */
export function densityTest(tasks: readonly Task[], workers: number): DensityOutcome {
  const densities = tasks.map(densityOf);
  const greatest = densities.reduce((a, b) => (isGreater(b, a) ? b : a));
  const repeated = new Array<Fraction>(workers - 1).fill(greatest);
  const passes = compareSum([...densities, ...repeated], workers) <= 0;
  const limit = workers - ((workers - 1) * greatest.over) / greatest.under;
  return { density: approximate(densities), limit, passes };
}

function isGreater(a: Fraction, b: Fraction): boolean {
  return BigInt(a.over) * BigInt(b.under) > BigInt(b.over) * BigInt(a.under);
}

/** How the workers serve one queue. */
export interface GlobalQuery {
  readonly tasks: readonly Task[];
  readonly workers: number;
  readonly isPreemptive: boolean;
  /** For fixed priorities; `undefined` for any policy that leaves no worker idle while a job waits. */
  readonly ranks: readonly number[] | undefined;
  readonly budget: StepBudget;
}

/**
 * A bound on each task's response, `undefined` where none within its deadline was found. They hold only when every
 * task has one: each supposes that the others meet their deadlines.
 */
export function globalResponses(query: GlobalQuery): (number | undefined)[] {
  const bound = query.isPreemptive ? preemptiveBound : nonPreemptiveBound;
  return query.tasks.map((_task, index) => bound(query, index));
}

/** Work that a task can do in a window of `length`, its jobs packed as closely as deadlines allow. */
function workIn({ cost, period, deadline }: Task, length: number): number {
  const reach = length + deadline - cost;
  const whole = Math.floor(reach / period);
  return whole * cost + Math.min(cost, reach - whole * period);
}

function interference(others: readonly Task[], length: number, most: number): number {
  let sum = 0;
  for (const other of others) sum += Math.min(workIn(other, length), most);
  return sum;
}

/** Who can be in the way: those that go first, and the longest of the rest that may already run. */
function inTheWay({ tasks, ranks }: GlobalQuery, index: number): { higher: Task[]; lower: Task[] } {
  if (ranks === undefined) return { higher: tasks.filter((_task, other) => other !== index), lower: [] };
  const lower = lowerThan(tasks, ranks, index).sort((a, b) => b.cost - a.cost);
  return { higher: higherThan(tasks, ranks, index), lower };
}

/**
 * Not preemptive: a job that did not start within `L` saw every worker busy for `L`. The least `L >= 1` with
 * `sum of min(W_i(L), L) < m L` gives `R = L - 1 + C`.
 */
function nonPreemptiveBound(query: GlobalQuery, index: number): number | undefined {
  const { tasks, workers, budget } = query;
  budget.spend(8 * tasks.length);
  const { cost, deadline, jitter } = tasks[index]!;
  const { higher, lower } = inTheWay(query, index);
  const running = lower.slice(0, workers);
  for (let length = 1; length - 1 + cost + jitter <= deadline;) {
    budget.spend(3 * higher.length + running.length + 1);
    let sum = interference(higher, length, length);
    for (const other of running) sum += Math.min(other.cost - 1, length);
    if (sum < workers * length) return length - 1 + cost + jitter;
    length = Math.floor(sum / workers) + 1;
  }
  return undefined;
}

/** Preemptive: `R = C + floor(sum of min(W_i(R), R - C + 1) / m)`. */
function preemptiveBound(query: GlobalQuery, index: number): number | undefined {
  const { tasks, workers, budget } = query;
  budget.spend(8 * tasks.length);
  const { cost, deadline, jitter } = tasks[index]!;
  const { higher } = inTheWay(query, index);
  for (let response = cost; response + jitter <= deadline;) {
    budget.spend(3 * higher.length + 1);
    const next = cost + Math.floor(interference(higher, response, response - cost + 1) / workers);
    if (next <= response) return response + jitter;
    response = next;
  }
  return undefined;
}
