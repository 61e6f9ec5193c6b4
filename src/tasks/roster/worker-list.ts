/** The operators' side of the roster: the workers that may grow, wherever they run, and how many they are to run. */
import type { Engine } from '../../engines/index.js';
import { SluiceError } from '../../kernel/index.js';
import { concurrencyKey, workerIn, workersPrefix, type ListedWorker } from './worker-record.js';

/** A worker that is away for longer begins anew. */
const wishKeptMs = 30 * 86_400_000;

/** Workers with a ceiling, of a queue or of all; by queue, the oldest first. */
export async function listWorkers(engine: Engine, queue?: string): Promise<ListedWorker[]> {
  if (engine.capabilities.records.kind === 'none') return [];
  const workers: ListedWorker[] = [];
  for (const { value } of await engine.records.scan(workersPrefix(queue))) {
    const worker = workerIn(value);
    if (worker !== undefined && (queue === undefined || worker.queue === queue)) workers.push(worker);
  }
  return workers.sort((a, b) => compare(a.queue, b.queue) || a.sinceMs - b.sinceMs || compare(a.id, b.id));
}

/** Asks a worker to run so many handlers. Throws `not-found` and, for a number that it does not allow, `bad-input`. */
export async function wishConcurrency(engine: Engine, id: string, concurrency: number): Promise<void> {
  const worker = (await listWorkers(engine)).find((each) => each.id === id);
  if (worker === undefined) throw new SluiceError('not-found', `there is no worker ${id}`);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > worker.max)
    throw new SluiceError('bad-input', `worker ${id} runs 1 to ${worker.max} tasks at a time`);
  const value = Buffer.from(JSON.stringify({ concurrency }));
  await engine.records.put(concurrencyKey(id), value, { ttlMs: wishKeptMs });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
