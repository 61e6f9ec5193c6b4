/**
 * Can these tasks meet their deadlines? One entry to every test, with the reason, each task's worst response, how much
 * costs may grow, and what would help. Pure, and bounded: it gives up with a reason rather than run on.
 */
import { adviceFor } from './advice.js';
import { causeOf } from './cause.js';
import { checkSetup, runTest } from './choose-test.js';
import type { Outcome, Setup, TestName } from './outcome.js';
import { fewestWorkers, largestFactor, longestCosts } from './sensitivity.js';
import { attempt, StepBudget } from './step-budget.js';
import { completeTasks, type Policy, type Task, type TaskInput } from './task.js';
import { hyperbolic, rateMonotonicBounds, utilisationOf, type Bound } from './utilisation.js';

/** How the tasks are served, and how the answer is worded. */
export interface AnalysisOptions {
  /** `edf` when left out. */
  readonly policy?: Policy;
  /** 1 when left out. */
  readonly workers?: number;
  /** Whether a more urgent job interrupts another; false when left out, as for handlers in one thread. */
  readonly isPreemptive?: boolean;
  /** Whether a worker idles rather than start a job that would make an expected one late. */
  readonly isHoldBack?: boolean;
  /** Whether each task belongs to one worker; one queue for all when left out. */
  readonly isPartitioned?: boolean;
  /** Costs that were measured rather than known make the verdict statistical. */
  readonly isLearned?: boolean;
  /** A time with its unit, for sentences; the bare number when left out. */
  readonly format?: (time: number) => string;
  /** Only the verdict: no fewest workers, no sensitivity, no advice. */
  readonly isBrief?: boolean;
}

/** The verdict for one task. Times are in the unit of the input. */
export interface TaskAnalysis {
  readonly name: string;
  readonly schedulable: boolean;
  /** The longest from arrival to done; `undefined` when it has no bound or is not known. */
  readonly responseMax: number | undefined;
  /** What is left before the deadline; below zero when it is missed. */
  readonly slack: number | undefined;
  /** The longest cost with which all deadlines are met, the other costs unchanged. */
  readonly costMax: number | undefined;
}

/** The verdict. */
export interface Analysis {
  readonly schedulable: boolean;
  readonly test: TestName;
  /** Whether a refusal means that a deadline can be missed, rather than that none of this was proven. */
  readonly exact: boolean;
  /** Why there is no verdict; `undefined` when there is. */
  readonly inconclusive: string | undefined;
  /** From given costs it is a guarantee; from learned ones it is statistical. */
  readonly confidence: 'guaranteed' | 'statistical';
  readonly tasks: readonly TaskAnalysis[];
  /** The fact that decided, in words. */
  readonly cause: string;
  /** What the verdict takes for granted, in words. */
  readonly supposes: string;
  /** What would make the tasks schedulable, the smallest change first. */
  readonly advice: readonly string[];
  readonly utilisation: number;
  readonly fewestWorkers: number | undefined;
  /** The largest factor for all costs together. */
  readonly costFactorMax: number | undefined;
  /** The classic bounds, where they apply. */
  readonly bounds: readonly Bound[];
  /** Of each worker, the names of its tasks, when they are partitioned. */
  readonly partition: readonly (readonly string[])[] | undefined;
}

/** Steps for each part of the answer: together about a second. */
const steps = { verdict: 40_000_000, responses: 20_000_000, workers: 8_000_000, sensitivity: 12_000_000 };

/**
 * Analyses a set of tasks in whole units of time.
 * @throws SluiceError 'bad-input' when the tasks or options are wrong.
 */
export function analyze(inputs: readonly TaskInput[], options: AnalysisOptions = {}): Analysis {
  const tasks = completeTasks(inputs);
  const setup = setupOf(options);
  checkSetup(setup);
  const outcome = verdictOf(tasks, setup);
  const further = options.isBrief === true ? nothingFurther : furtherAnswers(tasks, setup);
  return assemble(tasks, setup, options, outcome, further);
}

/** The options with what was left out. */
export function setupOf(options: AnalysisOptions): Setup {
  return {
    policy: options.policy ?? 'edf',
    workers: options.workers ?? 1,
    isPreemptive: options.isPreemptive ?? false,
    isHoldBack: options.isHoldBack ?? false,
    isPartitioned: options.isPartitioned ?? false,
  };
}

function supposedIn({ isHoldBack, policy }: Setup): string {
  if (isHoldBack)
    return 'All tasks start together, and every job comes exactly a period after the one before and takes its whole cost.';
  const order = policy === 'rm' ? 'periods' : 'deadlines';
  const ties =
    policy === 'rm' || policy === 'dm' ? ` Of equal ${order} the task listed first goes first.` : '';
  return `Jobs of a task come at any moments at least a period apart, and take at most their cost.${ties}`;
}

function verdictOf(tasks: readonly Task[], setup: Setup): Outcome {
  const budgets = { verdict: new StepBudget(steps.verdict), responses: new StepBudget(steps.responses) };
  const outcome = attempt(() => runTest(tasks, setup, budgets));
  if (outcome.kind === 'done') return outcome.value;
  return byBound(tasks, setup) ?? givenUp(tasks, setup, outcome.because);
}

function givenUp(tasks: readonly Task[], setup: Setup, because: string): Outcome {
  return {
    test: plannedTest(setup),
    isExact: false,
    isSchedulable: false,
    tasks: tasks.map(() => ({ isSchedulable: false, response: undefined })),
    finding: { kind: 'inconclusive', because },
  };
}

function plannedTest({ policy, workers, isPreemptive, isHoldBack, isPartitioned }: Setup): TestName {
  if (isPartitioned) return 'partitioned';
  if (workers > 1) return isPreemptive ? 'global-response' : 'global-response-non-preemptive';
  if (isHoldBack) return 'hold-back-simulation';
  if (policy === 'edf') return isPreemptive ? 'edf-demand' : 'edf-demand-non-preemptive';
  return isPreemptive ? 'response-time' : 'response-time-non-preemptive';
}

/** Where the exact test takes too long, the hyperbolic bound may still accept. */
function byBound(tasks: readonly Task[], setup: Setup): Outcome | undefined {
  if (!boundsApply(tasks, setup) || !hyperbolic(tasks).passes) return undefined;
  return {
    test: 'hyperbolic',
    isExact: false,
    isSchedulable: true,
    tasks: tasks.map(() => ({ isSchedulable: true, response: undefined })),
    finding: { kind: 'bound' },
  };
}

function boundsApply(tasks: readonly Task[], { policy, workers, isPreemptive }: Setup): boolean {
  const isRateMonotonic = policy === 'rm' || policy === 'dm';
  return (
    isRateMonotonic &&
    isPreemptive &&
    workers === 1 &&
    tasks.every(({ deadline, period, jitter }) => deadline === period && jitter === 0)
  );
}

interface Further {
  readonly costsMax: readonly (number | undefined)[];
  readonly costFactorMax: number | undefined;
  readonly fewest: number | undefined;
}

const nothingFurther: Further = { costsMax: [], costFactorMax: undefined, fewest: undefined };

function furtherAnswers(tasks: readonly Task[], setup: Setup): Further {
  const fewest = fewestWorkers(tasks, setup, new StepBudget(steps.workers));
  // Under hold-back a shorter job can make another late: no bisection finds a true limit.
  if (setup.isHoldBack) return { ...nothingFurther, fewest };
  const costFactorMax = largestFactor(tasks, setup, new StepBudget(steps.sensitivity / 2));
  const costsMax = longestCosts(tasks, setup, new StepBudget(steps.sensitivity / 2));
  return { costsMax, costFactorMax, fewest };
}

function assemble(
  tasks: readonly Task[],
  setup: Setup,
  options: AnalysisOptions,
  outcome: Outcome,
  { costsMax, costFactorMax, fewest }: Further,
): Analysis {
  const format = options.format ?? String;
  const responses = outcome.tasks.map(({ response }) => response);
  const { finding, isSchedulable } = outcome;
  const analysis: Omit<Analysis, 'advice'> = {
    schedulable: isSchedulable,
    test: outcome.test,
    exact: outcome.isExact,
    inconclusive: finding.kind === 'inconclusive' ? finding.because : undefined,
    confidence: options.isLearned === true ? 'statistical' : 'guaranteed',
    tasks: tasks.map((task, index) => taskAnalysis(task, outcome, index, costsMax[index])),
    cause: causeOf(finding, { tasks, setup, responses, format }),
    supposes: supposedIn(setup),
    utilisation: utilisationOf(tasks),
    fewestWorkers: fewest,
    costFactorMax,
    bounds: boundsApply(tasks, setup) ? rateMonotonicBounds(tasks) : [],
    partition: outcome.partition?.map((worker) => worker.map((task) => tasks[task]!.name)),
  };
  const needsAdvice = !isSchedulable && options.isBrief !== true;
  return { ...analysis, advice: needsAdvice ? adviceFor(tasks, setup, analysis, format) : [] };
}

function taskAnalysis(
  { name, deadline }: Task,
  outcome: Outcome,
  index: number,
  costMax: number | undefined,
): TaskAnalysis {
  // A test with `verdictOnly` or a budget that is spent leaves later tasks without an outcome of their own.
  const { isSchedulable, response } = outcome.tasks[index] ?? { isSchedulable: false, response: undefined };
  const slack = response === undefined ? undefined : deadline - response;
  return { name, schedulable: isSchedulable, responseMax: response, slack, costMax };
}
