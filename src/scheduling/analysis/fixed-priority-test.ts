/** The verdict for fixed priorities on one worker: every task's worst response against its deadline. */
import {
  nonPreemptiveResponse,
  preemptiveResponse,
  type Response,
  type ResponseQuery,
} from './fixed-priority.js';
import type { Finding, Outcome, ResponseDetail, Setup } from './outcome.js';
import { attempt, attemptOr, GivenUp, type StepBudget } from './step-budget.js';
import { ranksOf, type Policy, type Task } from './task.js';
import { compareUtilisation } from './utilisation.js';

/** What is known of one task: `late` may be without the worst response. */
type Finished =
  | { readonly kind: 'met' | 'late'; readonly response: Response }
  | { readonly kind: 'given-up'; readonly because: string };

/**
 * Response-time analysis of every task; without a budget for responses it stops at the first that is late.
 * @throws GivenUp when nothing is late as far as the budget reached.
 */
export function fixedPriorityTest(
  tasks: readonly Task[],
  setup: Setup & { policy: Exclude<Policy, 'edf'> },
  budget: StepBudget,
  responseBudget: StepBudget | undefined,
): Outcome {
  const { isPreemptive, policy } = setup;
  const ranks = ranksOf(tasks, policy);
  const finished: Finished[] = [];
  for (let index = 0; index < tasks.length; index++) {
    const query = { tasks, ranks, index, budget };
    finished.push(finish(query, isPreemptive, responseBudget));
    if (responseBudget === undefined && finished.at(-1)!.kind === 'late') break;
  }
  const isOverload = compareUtilisation(tasks, 1) > 0;
  const givenUp = finished.find((one) => one.kind === 'given-up');
  const isLate = isOverload || finished.some(({ kind }) => kind === 'late');
  if (givenUp !== undefined && !isLate) throw new GivenUp(givenUp.because);
  return {
    test: isPreemptive ? 'response-time' : 'response-time-non-preemptive',
    // Tasks of equal priority are each taken to go before the other, which is too strict.
    isExact: isOverload || new Set(ranks).size === ranks.length,
    isSchedulable: !isLate,
    tasks: finished.map((one) => ({
      isSchedulable: one.kind === 'met',
      response: one.kind === 'given-up' ? undefined : one.response.response,
    })),
    finding:
      givenUp === undefined ? tightest(tasks, ranks, finished, isPreemptive) : lateOf(finished, isOverload),
  };
}

/** The verdict of one task first, which is quick where it is late, then its worst response. */
function finish(
  query: ResponseQuery,
  isPreemptive: boolean,
  responseBudget: StepBudget | undefined,
): Finished {
  const respond = isPreemptive ? preemptiveResponse : nonPreemptiveResponse;
  const quick = attempt(() => respond({ ...query, verdictOnly: true }));
  if (quick.kind === 'given-up') return quick;
  const isLate = slackOf(quick.value, query.tasks[query.index]!) < 0;
  if (!isLate || responseBudget === undefined)
    return { kind: isLate ? 'late' : 'met', response: quick.value };
  const unknown = { ...quick.value, response: undefined };
  const response = attemptOr(unknown, () => respond({ ...query, budget: responseBudget }));
  return { kind: 'late', response };
}

function lateOf(finished: readonly Finished[], isOverload: boolean): Finding {
  if (isOverload) return { kind: 'overload', workers: 1 };
  return { kind: 'late', task: finished.findIndex(({ kind }) => kind === 'late') };
}

function slackOf({ response }: Response, { deadline }: Task): number {
  return response === undefined ? -Infinity : deadline - response;
}

/** The task with the least slack, for its share of the deadline. */
function tightest(
  tasks: readonly Task[],
  ranks: readonly number[],
  finished: readonly Finished[],
  isPreemptive: boolean,
): Finding {
  const responses = finished.flatMap((one) => (one.kind === 'given-up' ? [] : [one.response]));
  const shares = responses.map(
    (response, index) => slackOf(response, tasks[index]!) / tasks[index]!.deadline,
  );
  const task = shares.indexOf(Math.min(...shares));
  const { response, blocking, blocker, job, window } = responses[task]!;
  if (response === undefined) return { kind: 'late', task };
  const interference: { task: number; jobs: number }[] = [];
  for (const [other, { period, jitter }] of tasks.entries()) {
    if (other === task || ranks[other]! < ranks[task]!) continue;
    const reach = (window + jitter) / period;
    interference.push({ task: other, jobs: isPreemptive ? Math.ceil(reach) : Math.floor(reach) + 1 });
  }
  const detail: ResponseDetail = { blocking, blocker, job, interference };
  return { kind: 'response', task, detail };
}
