/** The demand test deadline by deadline: what the quick search must agree with. */
import { blockingAt, demandHorizon, demandUpTo, noBlocking, type Overdemand } from '../edf-demand.js';
import type { StepBudget } from '../step-budget.js';
import type { Task } from '../task.js';

/** The first moment by which too much is due. */
export function findOverdemandPlainly(
  tasks: readonly Task[],
  isPreemptive: boolean,
  budget: StepBudget,
): Overdemand | undefined {
  const horizon = demandHorizon(tasks, budget);
  const moments = tasks.flatMap(({ period, deadline, jitter }) => {
    const first = deadline - jitter;
    const count = Math.max(0, Math.floor((horizon - first) / period) + 1);
    return Array.from({ length: count }, (_, index) => first + index * period);
  });
  for (const by of moments.sort((a, b) => a - b)) {
    const demand = demandUpTo(tasks, by);
    const { blocking, blocker } = isPreemptive ? noBlocking : blockingAt(tasks, by);
    if (demand + blocking > by) return { by, demand, blocking, blocker };
  }
  return undefined;
}
