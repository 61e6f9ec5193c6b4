/** Arrivals for simulations in tests: the worst that theory knows, periodic with offsets, and random within the rules. */
import { seededRandom } from '../../../kernel/index.js';
import type { Arrivals } from '../simulation.js';
import type { Task } from '../task.js';

/** Periodic arrivals, each task from its offset on. */
export function periodicFrom(tasks: readonly Task[], offsets: readonly number[]): Arrivals {
  return { arrivalOf: (task, job) => offsets[task]! + job * tasks[task]!.period };
}

/**
 * Every task is ready at `moment` after its greatest jitter, and then comes as often as it may; the task `blocker`, if
 * there is one, one unit earlier and without jitter; the tasks in `absent` never.
 */
export function criticalInstant(
  tasks: readonly Task[],
  blocker: number | undefined,
  absent: ReadonlySet<number> = new Set(),
): { arrivals: Arrivals; moment: number } {
  const moment = 1 + Math.max(...tasks.map(({ jitter }) => jitter));
  const arrivalOf = (task: number, job: number): number => {
    if (absent.has(task)) return Infinity;
    const { period, jitter } = tasks[task]!;
    return (task === blocker ? moment - 1 : moment - jitter) + job * period;
  };
  const delayOf = (task: number, job: number): number =>
    task === blocker ? 0 : Math.max(0, moment - arrivalOf(task, job));
  return {
    arrivals: { arrivalOf, delayOf: (task, job) => (absent.has(task) ? 0 : delayOf(task, job)) },
    moment,
  };
}

/** Random arrivals: any offset, gaps of a period or more, any jitter, costs up to the greatest. */
export function randomArrivals(tasks: readonly Task[], seed: number): Arrivals {
  const random = seededRandom(seed);
  const isPunctual = random.integer(2) === 0;
  const takesAll = random.integer(2) === 0;
  const memory = tasks.map(({ period }) => ({
    arrivals: [random.integer(period)],
    delays: [] as number[],
    costs: [] as number[],
  }));
  const arrivalOf = (task: number, job: number): number => {
    const { arrivals } = memory[task]!;
    const { period } = tasks[task]!;
    while (arrivals.length <= job) {
      const pause = isPunctual || random.integer(3) > 0 ? 0 : random.integer(period);
      arrivals.push(arrivals.at(-1)! + period + pause);
    }
    return arrivals[job]!;
  };
  const delayOf = (task: number, job: number): number =>
    (memory[task]!.delays[job] ??= random.integer(tasks[task]!.jitter + 1));
  const costOf = (task: number, job: number): number => {
    const { cost } = tasks[task]!;
    return (memory[task]!.costs[job] ??= takesAll ? cost : 1 + random.integer(cost));
  };
  return { arrivalOf, delayOf, costOf };
}
