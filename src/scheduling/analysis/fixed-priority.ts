/**
 * Response-time analysis for fixed priorities on one worker, preemptive (Joseph and Pandya 1986, Audsley 1993) and
 * not (George 1996, corrected by Davis, Burns, Bril and Lukkien 2007). Every job of the longest busy period is looked
 * at, so responses beyond a period are right too; a response is exact for tasks that arrive at any moment.
 */
import { leastFixpoint, workBefore, workUpTo } from './busy-work.js';
import { GivenUp, type StepBudget } from './step-budget.js';
import { higherThan, lowerThan, type Task } from './task.js';
import { compareUtilisation, hyperperiodOf } from './utilisation.js';

/** The worst response of one task, with what it consists of. */
export interface Response {
  /** From arrival to the end; `undefined` when it has no bound. */
  readonly response: number | undefined;
  /** How long a less urgent job may already hold the worker. */
  readonly blocking: number;
  readonly blocker: string | undefined;
  /** Which job of the busy period is the slowest, from 0. */
  readonly job: number;
  /** When the slowest job ends (preemptive) or starts (not), from the start of the busy period. */
  readonly window: number;
}

/** How a response is looked for. */
export interface ResponseQuery {
  readonly tasks: readonly Task[];
  readonly ranks: readonly number[];
  readonly index: number;
  readonly budget: StepBudget;
  /** Stop once a response is past the deadline: the verdict is known then, though not the worst. */
  readonly verdictOnly?: boolean;
}

const unbounded = { response: undefined, job: 0, window: 0 };

/** How many jobs of the task the busy period of a fully used worker holds before everything repeats. */
function jobsInHyperperiod(level: readonly Task[], { period }: Task): number {
  const hyperperiod = hyperperiodOf(level);
  if (hyperperiod === undefined)
    throw new GivenUp('the worker is used fully and the hyperperiod of the tasks is too long');
  return hyperperiod / period;
}

/**
 * Preemptive: `w = (q + 1) C + B + sum over higher of ceil((w + J_j) / T_j) C_j`, `R = w + J - q T`.
 * @param blocking `B`: how long a resource may be held by a less urgent job.
 */
export function preemptiveResponse(query: ResponseQuery, blocking = 0): Response {
  const { tasks, ranks, index, budget, verdictOnly } = query;
  budget.spend(8 * tasks.length);
  const task = tasks[index]!;
  const higher = higherThan(tasks, ranks, index);
  const level = [...higher, task];
  const use = compareUtilisation(level, 1);
  if (use > 0) return { ...unbounded, blocking, blocker: undefined };
  const { cost, period, jitter, deadline } = task;
  const jobs = use === 0 ? (hyperperiodOf(level) ?? Infinity) / period : Infinity;
  let worst = { response: 0, job: 0, window: 0 };
  for (let job = 0, from = 0; job < jobs; job++) {
    const own = blocking + (job + 1) * cost;
    const window = leastFixpoint(Math.max(from, own), budget, (w) => own + workBefore(higher, w, budget));
    const response = window + jitter - job * period;
    if (response > worst.response) worst = { response, job, window };
    const isOver = window + jitter <= (job + 1) * period;
    if (isOver || (verdictOnly === true && response > deadline)) break;
    from = window;
  }
  return { ...worst, blocking, blocker: undefined };
}

/**
 * Not preemptive: `w = B + q C + sum over higher of (floor((w + J_j) / T_j) + 1) C_j`, `R = w + C + J - q T`, over
 * every `q` of the busy period `L = B + sum over higher or equal of ceil((L + J) / T) C`, with `B` one unit less than
 * the longest less urgent job.
 */
export function nonPreemptiveResponse(query: ResponseQuery): Response {
  const { tasks, ranks, index, budget, verdictOnly } = query;
  budget.spend(8 * tasks.length);
  const task = tasks[index]!;
  const higher = higherThan(tasks, ranks, index);
  const level = [...higher, task];
  const { blocking, blocker } = longestBlocking(lowerThan(tasks, ranks, index));
  const use = compareUtilisation(level, 1);
  if (use > 0) return { ...unbounded, blocking, blocker };
  const { cost, period, jitter, deadline } = task;
  const jobs = use === 0 ? jobsInHyperperiod(level, task) : jobsInBusyPeriod(level, blocking, task, budget);
  let worst = { response: 0, job: 0, window: 0 };
  for (let job = 0, from = 0; job < jobs; job++) {
    const own = blocking + job * cost;
    const window = leastFixpoint(Math.max(from, own), budget, (w) => own + workUpTo(higher, w, budget));
    const response = window + cost + jitter - job * period;
    if (response > worst.response) worst = { response, job, window };
    if (verdictOnly === true && response > deadline) break;
    from = window + cost;
  }
  return { ...worst, blocking, blocker };
}

function jobsInBusyPeriod(level: readonly Task[], blocking: number, task: Task, budget: StepBudget): number {
  const first = level.reduce((sum, { cost }) => sum + cost, blocking);
  const busy = leastFixpoint(first, budget, (w) => blocking + workBefore(level, w, budget));
  return Math.ceil((busy + task.jitter) / task.period);
}

/** The longest time that a job of `tasks`, started one unit earlier, still holds the worker. */
export function longestBlocking(tasks: readonly Task[]): { blocking: number; blocker: string | undefined } {
  let [blocking, blocker]: [number, string | undefined] = [0, undefined];
  for (const { cost, name } of tasks) if (cost - 1 > blocking) [blocking, blocker] = [cost - 1, name];
  return { blocking, blocker };
}
