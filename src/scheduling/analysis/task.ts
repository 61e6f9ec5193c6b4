/**
 * What is analysed: tasks in whole units of time, and in which order a policy serves them. Every time in this folder
 * is an integer in one unit, which the caller chooses; every comparison is exact.
 */
import { SluiceError } from '../../kernel/index.js';

/** Earliest deadline first, rate monotonic, deadline monotonic, or priorities as given. */
export const policies = ['edf', 'rm', 'dm', 'fixed'] as const;
export type Policy = (typeof policies)[number];

/** A task: it arrives at most once in `period`, takes at most `cost`, and is due `deadline` after its arrival. */
export interface Task {
  readonly name: string;
  /** The longest time that a job holds a worker; above zero. */
  readonly cost: number;
  /** The shortest time between two arrivals. */
  readonly period: number;
  /** From arrival to due; at most the period. */
  readonly deadline: number;
  /** How late after its arrival a job may become ready; at most the period. */
  readonly jitter: number;
  /** For the policy `fixed`: the higher goes first. */
  readonly priority?: number;
}

/** More would not be analysed in bounded time. */
export const tasksMax = 1_000;

/** Times above this could leave the range in which floating-point division of integers is exact (2^52). */
export const timeMax = 2 ** 46;

/** What a caller may leave out: the deadline is the period, the jitter 0. */
export type TaskInput = Omit<Task, 'deadline' | 'jitter'> & Partial<Pick<Task, 'deadline' | 'jitter'>>;

/**
 * The tasks with what was left out.
 * @throws SluiceError 'bad-input' naming what is wrong and where: `tasks[2].deadline: …`.
 */
export function completeTasks(inputs: readonly TaskInput[]): Task[] {
  if (inputs.length === 0) throw new SluiceError('bad-input', 'tasks: there are none');
  if (inputs.length > tasksMax)
    throw new SluiceError(
      'bad-input',
      `tasks: there are ${inputs.length}; at most ${tasksMax} can be analysed`,
    );
  const tasks = inputs.map((input) => ({
    ...input,
    deadline: input.deadline ?? input.period,
    jitter: input.jitter ?? 0,
  }));
  const names = new Set<string>();
  refuseAny(
    tasks.flatMap((task, index) => {
      const problems = problemsOf(task);
      if (names.has(task.name)) problems.push(`name: ${JSON.stringify(task.name)} is another task's already`);
      names.add(task.name);
      return problems.map((problem) => `tasks[${index}].${problem}`);
    }),
  );
  return tasks;
}

const problemsShownMax = 10;

/** @throws SluiceError 'bad-input' that lists the problems, if there are any. */
export function refuseAny(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length - problemsShownMax;
  const rest = more > 0 ? [`and ${more} more`] : [];
  throw new SluiceError('bad-input', [...problems.slice(0, problemsShownMax), ...rest].join('\n'));
}

function problemsOf({ cost, period, deadline, jitter, priority }: Task): string[] {
  const problems: string[] = [];
  for (const [field, value] of Object.entries({ cost, period, deadline, jitter })) {
    const least = field === 'jitter' ? 0 : 1;
    if (!Number.isInteger(value)) problems.push(`${field}: must be a whole number of units`);
    else if (value < least) problems.push(`${field}: must be ${least === 0 ? 'zero or more' : 'above zero'}`);
    else if (value > timeMax) problems.push(`${field}: is too long for the smallest unit in use`);
  }
  if (deadline > period) problems.push('deadline: must not be longer than the period');
  if (jitter > period) problems.push('jitter: must not be longer than the period');
  if (priority !== undefined && !Number.isFinite(priority)) problems.push('priority: must be a number');
  return problems;
}

/**
 * The rank of each task, the higher the more urgent. Equal periods or deadlines rank in the order given, so that
 * these ranks differ; equal given priorities stay equal, and such tasks hinder each other.
 * @throws SluiceError 'bad-input' when the policy is `fixed` and a priority is missing.
 */
export function ranksOf(tasks: readonly Task[], policy: Exclude<Policy, 'edf'>): number[] {
  if (policy === 'fixed') return tasks.map(givenPriority);
  const lengthOf = (index: number): number => tasks[index]![policy === 'rm' ? 'period' : 'deadline'];
  const order = tasks.map((_task, index) => index).sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  const ranks = new Array<number>(tasks.length);
  order.forEach((task, place) => (ranks[task] = tasks.length - place));
  return ranks;
}

function givenPriority({ name, priority }: Task, index: number): number {
  if (priority !== undefined) return priority;
  throw new SluiceError(
    'bad-input',
    `tasks[${index}].priority: ${name} has none, and the policy fixed needs it`,
  );
}

/** The tasks that go before `index`, those of the same rank among them. */
export function higherThan(tasks: readonly Task[], ranks: readonly number[], index: number): Task[] {
  return tasks.filter((_task, other) => other !== index && ranks[other]! >= ranks[index]!);
}

/** The tasks that go after `index`. */
export function lowerThan(tasks: readonly Task[], ranks: readonly number[], index: number): Task[] {
  return tasks.filter((_task, other) => ranks[other]! < ranks[index]!);
}

/** Whether a job can be ready, run alone and be done in time at all. */
export function fitsAlone({ cost, jitter, deadline }: Task): boolean {
  return cost + jitter <= deadline;
}
