/**
 * Whether the declared tasks can meet their deadlines, by the tests of `scheduling`. Invariant: a task whose cost or
 * rate nobody knows is named, never guessed.
 */
import {
  admit,
  analyze,
  type Analysis,
  type AnalysisOptions,
  type Policy,
  type TaskInput,
} from '../scheduling/index.js';
import type { LearnedCosts } from './costs.js';
import type { TaskPlan } from './task-options.js';

export interface AnalyzeOptions {
  /** Handlers that run at a time; as many as the workers of this program let run now, or 1, unless said otherwise. */
  readonly workers?: number;
  /** `edf` unless said otherwise, as queues of tasks with deadlines are ordered. */
  readonly policy?: Policy;
  /** As a worker with `holdBack` serves them: one worker, `edf`, and jobs that come exactly once a period. */
  readonly holdBack?: boolean;
}

/** The verdict. Times are milliseconds. */
export interface TasksAnalysis extends Omit<Analysis, 'tasks'> {
  readonly tasks: readonly (Analysis['tasks'][number] & {
    readonly costMs: number;
    readonly isLearned: boolean;
  })[];
  /** Tasks that are not part of it, and what is not known of them. */
  readonly left: readonly { readonly name: string; readonly unknown: string }[];
}

/** Analysis counts whole microseconds. */
const unitsPerMs = 1_000;

interface Known {
  readonly input: TaskInput;
  readonly isLearned: boolean;
}

export function analyzeTasks(
  plans: readonly TaskPlan[],
  costs: LearnedCosts,
  options: AnalyzeOptions,
): TasksAnalysis | undefined {
  const known: Known[] = [];
  const left: { name: string; unknown: string }[] = [];
  for (const plan of plans) {
    const found = knownOf(plan, costs);
    if (typeof found === 'string') left.push({ name: plan.name, unknown: found });
    else known.push(found);
  }
  if (known.length === 0) return undefined;
  const analysis = analyze(
    known.map(({ input }) => input),
    { ...analysisOptions(options), isLearned: known.some(({ isLearned }) => isLearned) },
  );
  const tasks = analysis.tasks.map((task, index) => ({
    ...task,
    responseMax: toMs(task.responseMax),
    slack: toMs(task.slack),
    costMax: toMs(task.costMax),
    costMs: known[index]!.input.cost / unitsPerMs,
    isLearned: known[index]!.isLearned,
  }));
  return { ...analysis, tasks, left };
}

/** Why `candidate` may not join the tasks that are declared; undefined: it may. */
export function refusalOf(
  candidate: TaskPlan,
  others: readonly TaskPlan[],
  costs: LearnedCosts,
  options: AnalyzeOptions,
): string | undefined {
  const found = knownOf(candidate, costs);
  if (typeof found === 'string') return `admission needs to know ${found}`;
  const existing = others.map((plan) => knownOf(plan, costs)).filter((other) => typeof other !== 'string');
  const admission = admit(
    existing.map(({ input }) => input),
    found.input,
    analysisOptions(options),
  );
  return admission.kind === 'accepted' ? undefined : admission.reason;
}

function analysisOptions({ workers = 1, policy = 'edf', holdBack = false }: AnalyzeOptions): AnalysisOptions {
  return {
    workers,
    policy,
    isHoldBack: holdBack,
    format: (time) => `${Number((time / unitsPerMs).toPrecision(6))} ms`,
  };
}

/** The task in whole microseconds, or what is not known of it. */
function knownOf(
  { name, costMs, gapMs, deadlineMs, priority }: TaskPlan,
  costs: LearnedCosts,
): Known | string {
  const learnedMs = costMs === undefined ? costs.estimate(name)?.p95Ms : undefined;
  const cost = costMs ?? learnedMs;
  if (cost === undefined) return `the cost of task '${name}': declare it, or let it run for a while`;
  if (gapMs === undefined) return `how often task '${name}' comes: declare arrivals, or every`;
  const period = Math.max(1, Math.floor(gapMs * unitsPerMs));
  const deadline = Math.min(period, Math.floor((deadlineMs ?? gapMs) * unitsPerMs));
  const input = { name, cost: Math.max(1, Math.ceil(cost * unitsPerMs)), period, deadline, priority };
  return { input, isLearned: learnedMs !== undefined };
}

function toMs(units: number | undefined): number | undefined {
  return units === undefined ? undefined : units / unitsPerMs;
}
