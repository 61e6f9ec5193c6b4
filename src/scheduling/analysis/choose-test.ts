/** Which test serves which setup, and what every one of them supposes. */
import { SluiceError } from '../../kernel/index.js';
import { edfTest, holdBackTest } from './edf-test.js';
import { fixedPriorityTest } from './fixed-priority-test.js';
import type { Outcome, Setup, TestName } from './outcome.js';
import { globalTest, partitionedTest } from './several-workers-test.js';
import type { StepBudget } from './step-budget.js';
import { fitsAlone, type Task } from './task.js';
import { compareUtilisation } from './utilisation.js';

/** Workers that can be analysed: one for each task is always enough. */
export const workersMax = 1_000;

/** @throws SluiceError 'bad-input' when the parts of the setup do not go together. */
export function checkSetup({ policy, workers, isPreemptive, isHoldBack, isPartitioned }: Setup): void {
  if (!Number.isInteger(workers) || workers < 1 || workers > workersMax)
    throw new SluiceError('bad-input', `workers must be a whole number from 1 to ${workersMax}`);
  if (!isHoldBack) return;
  if (policy !== 'edf') throw new SluiceError('bad-input', `hold-back needs the policy edf, not ${policy}`);
  if (isPreemptive) throw new SluiceError('bad-input', 'hold-back is for jobs that are not preempted');
  if (workers > 1 && !isPartitioned)
    throw new SluiceError('bad-input', 'hold-back serves one worker, or several that are partitioned');
}

/** What may be spent: on the verdict, and on the worst responses where they are not part of it. */
export interface Budgets {
  readonly verdict: StepBudget;
  /** `undefined` when only the verdict is wanted: then responses may be missing or too small where it is no. */
  readonly responses: StepBudget | undefined;
}

/** Runs the test that serves the setup. @throws GivenUp when the budget is spent. */
export function runTest(tasks: readonly Task[], setup: Setup, budgets: Budgets): Outcome {
  const { workers } = setup;
  if (setup.isPartitioned) {
    const verdictOnly = { ...budgets, responses: undefined };
    const fits = (own: readonly Task[]): boolean => oneWorkerTest(own, setup, verdictOnly).isSchedulable;
    return partitionedTest(tasks, workers, fits, (own) => oneWorkerTest(own, setup, budgets));
  }
  if (workers === 1) return oneWorkerTest(tasks, setup, budgets);
  const test = setup.isPreemptive ? 'global-response' : 'global-response-non-preemptive';
  return hopeless(tasks, workers, test) ?? globalTest(tasks, setup, budgets.verdict);
}

/** The test of the tasks of one worker. */
export function oneWorkerTest(
  tasks: readonly Task[],
  setup: Setup,
  { verdict, responses }: Budgets,
): Outcome {
  const { policy, isPreemptive, isHoldBack } = setup;
  if (policy !== 'edf') return fixedPriorityTest(tasks, { ...setup, policy }, verdict, responses);
  if (isHoldBack) return hopeless(tasks, 1, 'hold-back-simulation') ?? holdBackTest(tasks, verdict);
  const test = isPreemptive ? 'edf-demand' : 'edf-demand-non-preemptive';
  const refusal = hopeless(tasks, 1, test);
  if (refusal === undefined) return edfTest(tasks, setup, verdict, responses);
  if (refusal.finding.kind === 'overload' || responses === undefined) return refusal;
  // One that is late alone makes others late or not: their responses tell.
  return { ...refusal, tasks: edfTest(tasks, setup, verdict, responses).tasks };
}

/** The verdict for tasks that nobody could serve in time, if they are such. */
function hopeless(tasks: readonly Task[], workers: number, test: TestName): Outcome | undefined {
  const late = tasks.findIndex((task) => !fitsAlone(task));
  const isOverload = compareUtilisation(tasks, workers) > 0;
  if (late === -1 && !isOverload) return undefined;
  return {
    test,
    isExact: true,
    isSchedulable: false,
    tasks: tasks.map(() => ({ isSchedulable: false, response: undefined })),
    finding: isOverload ? { kind: 'overload', workers } : { kind: 'late-alone', task: late },
  };
}
