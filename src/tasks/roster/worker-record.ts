/**
 * What workers that may grow say of themselves, and what others wish of them, as records: docs/formats/task.md.
 * Invariant: a record that no worker has written is none, never an error.
 */

/** A worker, as it says itself. */
export interface ListedWorker {
  readonly id: string;
  readonly queue: string;
  readonly tasks: readonly string[];
  /** Handlers that it lets run at a time, those that it began with, and the most that it allows. */
  readonly concurrency: number;
  readonly start: number;
  readonly max: number;
  /** The machine and the process. */
  readonly host: string;
  readonly pid: number;
  /** Unix ms. */
  readonly sinceMs: number;
}

const workerPrefix = 'worker/';

/** Workers of a queue begin with this; of any, where it is left out. */
export function workersPrefix(queue?: string): string {
  return queue === undefined ? workerPrefix : `${workerPrefix}${queue}/`;
}

export function workerKey({ queue, id }: Pick<ListedWorker, 'queue' | 'id'>): string {
  return `${workersPrefix(queue)}${id}`;
}

/** How many handlers somebody wants a worker to run. */
export function concurrencyKey(id: string): string {
  return `worker-concurrency/${id}`;
}

/** Undefined for what no worker has written. */
export function workerIn(value: Buffer): ListedWorker | undefined {
  const { id, queue, tasks, concurrency, start, max, host, pid, sinceMs } = (parsed(value) ??
    {}) as Partial<ListedWorker>;
  if (typeof id !== 'string' || typeof queue !== 'string' || typeof host !== 'string') return undefined;
  if (!Array.isArray(tasks) || !tasks.every((task) => typeof task === 'string')) return undefined;
  if (!isCount(concurrency) || !isCount(start) || !isCount(max) || !isCount(pid) || !isCount(sinceMs))
    return undefined;
  return { id, queue, tasks, concurrency, start, max, host, pid, sinceMs };
}

/** Undefined for what nobody here has written. */
export function concurrencyIn(value: Buffer): number | undefined {
  const { concurrency } = (parsed(value) ?? {}) as { readonly concurrency?: unknown };
  return isCount(concurrency) ? concurrency : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function parsed(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
