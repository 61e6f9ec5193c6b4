/** What would make tasks schedulable: shorter costs, more workers, or another way to serve them; each was tried. */
import { checkSetup, runTest } from './choose-test.js';
import type { Setup } from './outcome.js';
import { attemptOr, StepBudget } from './step-budget.js';
import { fitsAlone, type Task } from './task.js';

/** What the analysis found that advice is made from. */
export interface AdviceFigures {
  readonly tasks: readonly { readonly costMax: number | undefined }[];
  readonly fewestWorkers: number | undefined;
  readonly costFactorMax: number | undefined;
}

const stepsPerAlternative = 2_000_000;

/** Sentences, the smallest change first. Empty when nothing that was tried helps. */
export function adviceFor(
  tasks: readonly Task[],
  setup: Setup,
  figures: AdviceFigures,
  format: (time: number) => string,
): string[] {
  const { fewestWorkers, costFactorMax } = figures;
  const advice = alternativesOf(tasks, setup);
  const shorter = shorterCosts(tasks, figures);
  if (shorter.length > 0) {
    const each = shorter.slice(0, 3).map(({ task, costMax }) => `${task.name} to ${format(costMax)}`);
    advice.push(`Shorten one cost: ${each.join(', or ')}.`);
  }
  if (fewestWorkers !== undefined && fewestWorkers > setup.workers)
    advice.push(`Use ${fewestWorkers} workers.`);
  if (fewestWorkers === 1 && setup.workers > 1)
    advice.push('Use 1 worker: the exact test for one accepts what the test for several cannot show.');
  if (costFactorMax !== undefined && costFactorMax < 1)
    advice.push(`Shorten all costs to ${(costFactorMax * 100).toFixed(1)} % of what they are.`);
  const late = tasks.filter((task) => !fitsAlone(task)).map(({ name }) => name);
  if (late.length > 0)
    advice.push(`Split ${late.join(', ')} into shorter jobs, or give more time: alone they are late too.`);
  return advice;
}

/** Costs that alone would do when shorter, those that change the least first. */
function shorterCosts(tasks: readonly Task[], figures: AdviceFigures): { task: Task; costMax: number }[] {
  return tasks
    .map((task, index) => ({ task, costMax: figures.tasks[index]!.costMax ?? 0 }))
    .filter(({ task, costMax }) => costMax > 0 && costMax < task.cost)
    .sort((a, b) => b.costMax / b.task.cost - a.costMax / a.task.cost);
}

/** Other ways to serve the same tasks with the same workers. */
const alternatives: readonly { readonly change: Partial<Setup>; readonly sentence: string }[] = [
  { change: { policy: 'edf' }, sentence: 'Serve the earliest deadline first (edf).' },
  {
    change: { policy: 'edf', isHoldBack: true },
    sentence:
      'Hold back: let the worker wait for an urgent job rather than start a long one (edf, hold-back).',
  },
  { change: { isPartitioned: true }, sentence: 'Give each task a worker of its own choice (partitioned).' },
  {
    change: { isPreemptive: true, isHoldBack: false },
    sentence: 'Let urgent jobs interrupt: split long handlers by awaiting between short pieces (preemptive).',
  },
];

function alternativesOf(tasks: readonly Task[], setup: Setup): string[] {
  return alternatives
    .filter(({ change }) => differs(setup, change) && applies(setup, change))
    .filter(({ change }) => {
      const verdict = new StepBudget(stepsPerAlternative);
      const tried = { ...setup, ...change };
      checkSetup(tried);
      return attemptOr(false, () => runTest(tasks, tried, { verdict, responses: undefined }).isSchedulable);
    })
    .map(({ sentence }) => sentence);
}

function differs(setup: Setup, change: Partial<Setup>): boolean {
  return Object.entries(change).some(([key, value]) => setup[key as keyof Setup] !== value);
}

function applies(
  { workers, isPreemptive, isHoldBack, isPartitioned }: Setup,
  change: Partial<Setup>,
): boolean {
  if (change.isHoldBack === true) return !isPreemptive && (workers === 1 || isPartitioned);
  if (change.isPartitioned === true) return workers > 1;
  return !(change.policy === 'edf' && isHoldBack);
}
