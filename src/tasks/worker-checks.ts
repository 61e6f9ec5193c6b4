/** Whether what a program asks of a worker makes sense. */
import { SluiceError } from '../kernel/index.js';
import type { AnyTask } from './attempt.js';

const windowMax = 65_535;

/** The tasks by name. Throws `bad-input` where one is no task, or cannot run here. */
export function checkedTasks(tasks: readonly AnyTask[]): Map<string, AnyTask> {
  if (!Array.isArray(tasks) || tasks.length === 0)
    throw new SluiceError('bad-input', 'a worker needs at least one task: app.worker({ tasks: [charge] })');
  for (const task of tasks as readonly AnyTask[]) {
    if (!isTask(task)) throw new SluiceError('bad-input', 'the tasks of a worker are what app.task gives');
    if (!isRunnable(task))
      throw new SluiceError(
        'bad-input',
        `task '${task.name}' has no handler here: give it one with \`handle\`, or leave it to another worker`,
      );
  }
  return new Map((tasks as readonly AnyTask[]).map((task) => [task.name, task]));
}

function isTask(given: unknown): boolean {
  const { name, plan } = (given ?? {}) as Partial<AnyTask>;
  return typeof name === 'string' && typeof plan === 'object';
}

/** Whether it has a handler here. */
export function isRunnable({ handler, plan }: AnyTask): boolean {
  return handler !== undefined || plan.thread !== undefined;
}

/** Throws `bad-input`. */
export function checkedWindow(window: number | undefined): number | undefined {
  if (window === undefined || (Number.isInteger(window) && window >= 1 && window <= windowMax)) return window;
  throw new SluiceError('bad-input', `window is a whole number from 1 to ${windowMax}, not ${window}`);
}
