/** The verdicts for earliest deadline first on one worker: by processor demand, and for hold-back dispatch. */
import { findOverdemand } from './edf-demand.js';
import { edfResponses } from './edf-response.js';
import { simulateHoldBack } from './hold-back-test.js';
import type { Finding, Outcome, Setup, TaskOutcome } from './outcome.js';
import { attemptOr, type StepBudget } from './step-budget.js';
import type { Task } from './task.js';

/**
 * Processor demand; the utilisation is at most 1 and every task fits alone.
 * @param responseBudget for each task's worst response; `undefined` when only the verdict is wanted.
 */
export function edfTest(
  tasks: readonly Task[],
  { isPreemptive }: Setup,
  budget: StepBudget,
  responseBudget: StepBudget | undefined,
): Outcome {
  const overdemand = findOverdemand(tasks, isPreemptive, budget);
  const responses =
    responseBudget === undefined
      ? undefined
      : attemptOr(undefined, () => edfResponses(tasks, isPreemptive, responseBudget));
  const isSchedulable = overdemand === undefined;
  const outcomes = tasks.map(({ deadline }, index): TaskOutcome => {
    const response = responses?.[index];
    return { isSchedulable: response === undefined ? isSchedulable : response <= deadline, response };
  });
  return {
    test: isPreemptive ? 'edf-demand' : 'edf-demand-non-preemptive',
    isExact: isPreemptive || tasks.every(({ jitter }) => jitter === 0),
    isSchedulable,
    tasks: outcomes,
    finding: overdemand === undefined ? tightestOf(tasks, outcomes) : { kind: 'overdemand', ...overdemand },
  };
}

/** Hold-back dispatch; the utilisation is at most 1 and every task fits alone. */
export function holdBackTest(tasks: readonly Task[], budget: StepBudget): Outcome {
  const { responses, miss } = simulateHoldBack(tasks, budget);
  const outcomes = tasks.map((_task, task): TaskOutcome => {
    if (miss === undefined) return { isSchedulable: true, response: responses[task] };
    // The simulation ends at the first miss: of the others nothing is known.
    return { isSchedulable: miss.task !== task, response: undefined };
  });
  return {
    test: 'hold-back-simulation',
    isExact: true,
    isSchedulable: miss === undefined,
    tasks: outcomes,
    finding:
      miss === undefined ? tightestOf(tasks, outcomes) : { kind: 'miss', job: miss, endedAt: miss.endedAt },
  };
}

/** The task whose response comes nearest to its deadline. */
export function tightestOf(tasks: readonly Task[], outcomes: readonly TaskOutcome[]): Finding {
  const shares = outcomes.map(({ response }, task) => (response ?? 0) / tasks[task]!.deadline);
  return { kind: 'response', task: shares.indexOf(Math.max(...shares)), detail: undefined };
}
