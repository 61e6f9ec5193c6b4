/**
 * The proof for hold-back dispatch: periodic tasks that all start at once are simulated for one hyperperiod, after
 * which everything repeats. Exact as long as jobs come on time and take their cost: a shorter job can make a
 * later one late.
 */
import { simulateInto, type Job } from './simulation.js';
import { GivenUp, type StepBudget } from './step-budget.js';
import type { Task } from './task.js';
import { hyperperiodOf } from './utilisation.js';

/** Jobs in a hyperperiod that are still simulated. */
export const holdBackJobsMax = 1_000_000;

/** The worst response of each task, up to the first miss. */
export interface HoldBackOutcome {
  readonly responses: number[];
  readonly miss: (Job & { readonly endedAt: number | undefined }) | undefined;
}

/** Simulates one hyperperiod. The utilisation is at most 1. @throws GivenUp when that has too many jobs. */
export function simulateHoldBack(tasks: readonly Task[], budget: StepBudget): HoldBackOutcome {
  if (tasks.some(({ jitter }) => jitter > 0))
    throw new GivenUp('hold-back dispatch is analysed for tasks without jitter only');
  const hyperperiod = hyperperiodOf(tasks);
  const jobs =
    hyperperiod === undefined ? Infinity : tasks.reduce((sum, { period }) => sum + hyperperiod / period, 0);
  if (hyperperiod === undefined || jobs > holdBackJobsMax)
    throw new GivenUp(`the hyperperiod of the tasks holds more than ${holdBackJobsMax} jobs`);
  const responses = tasks.map(() => 0);
  let miss: HoldBackOutcome['miss'];
  const common = { policy: 'edf', workers: 1, isPreemptive: false, isHoldBack: true } as const;
  simulateInto(
    tasks,
    { ...common, horizon: hyperperiod, budget },
    {
      onEnd: ({ task, arrival }, at) => (responses[task] = Math.max(responses[task]!, at - arrival)),
      onMiss: (job, endedAt) => {
        miss ??= { ...job, endedAt };
        return false;
      },
    },
  );
  return { responses, miss };
}
