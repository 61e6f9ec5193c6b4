/** How many threads a worker has, and how many handlers it lets run: decided once, from its options and its tasks. */
import { availableParallelism } from 'node:os';
import { SluiceError, type Clock } from '../../kernel/index.js';
import type { TaskPlan } from '../task-options.js';
import { ThreadPool } from './thread-pool.js';

/** The part of a worker's options that is about tasks with `thread`. */
export interface WorkerThreadOptions {
  /** Handlers in threads at a time, at most `concurrency`; as many as the machine has processors unless said otherwise. */
  readonly threads?: number;
  /** The heap of one thread, at most, in MiB; a handler that needs more has failed. As Node has it unless said otherwise. */
  readonly threadMemoryMiB?: number;
}

/** What a worker works with. */
export interface WorkerPlaces {
  readonly concurrency: number;
  /** Undefined: none of its tasks runs in a thread. */
  readonly threads: ThreadPool | undefined;
}

const concurrencyDefault = 16;
const concurrencyMax = 10_000;
const threadsMax = 1_024;
const memoryMiBMax = 1_048_576;

/** Throws `bad-input` for numbers that make no sense. */
export function placesOf(
  plans: readonly TaskPlan[],
  options: WorkerThreadOptions & { readonly concurrency?: number },
  clock: Clock,
): WorkerPlaces {
  const { concurrency, threads, threadMemoryMiB } = options;
  check('concurrency', concurrency, concurrencyMax);
  check('threads', threads, threadsMax);
  check('threadMemoryMiB', threadMemoryMiB, memoryMiBMax);
  const inThreads = plans.filter((plan) => plan.thread !== undefined).length;
  if (inThreads === 0) return { concurrency: concurrency ?? concurrencyDefault, threads: undefined };
  const wanted = threads ?? availableParallelism();
  // A delivery that waits here for a thread is kept from workers that have one.
  const handlers = concurrency ?? (inThreads === plans.length ? wanted : concurrencyDefault);
  const size = Math.min(wanted, handlers);
  return { concurrency: handlers, threads: new ThreadPool({ size, clock, memoryMiBMax: threadMemoryMiB }) };
}

function check(name: string, given: number | undefined, max: number): void {
  if (given === undefined || (Number.isInteger(given) && given >= 1 && given <= max)) return;
  throw new SluiceError('bad-input', `${name} is a whole number from 1 to ${max}, not ${given}`);
}
