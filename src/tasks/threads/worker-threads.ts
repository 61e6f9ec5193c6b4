/** How many threads a worker has, and how many handlers it begins with: from its options and its tasks. */
import { availableParallelism } from 'node:os';
import { requireKnownOptions, SluiceError, type Clock, type OptionNames } from '../../kernel/index.js';
import type { TaskPlan } from '../task-options.js';
import { ThreadPool } from './thread-pool.js';

/** The part of a worker's options that is about tasks with `thread`. */
export interface WorkerThreadOptions {
  /** Handlers in threads at a time, at most `concurrency`; as many as the machine has processors unless said otherwise. */
  readonly threads?: number;
  /** The heap of one thread, at most, in MiB; a handler that needs more has failed. As Node has it unless said otherwise. */
  readonly threadMemoryMiB?: number;
}

/** Handlers at a time, to begin with and at most: within that remedies, and operators, may change it. */
export interface ConcurrencyRange {
  readonly start: number;
  readonly max: number;
}

/** What a worker works with. */
export interface WorkerPlaces {
  readonly concurrency: number;
  /** Undefined: nobody but the program changes it. */
  readonly ceiling: number | undefined;
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
  options: WorkerThreadOptions & { readonly concurrency?: number | ConcurrencyRange },
  clock: Clock,
): WorkerPlaces {
  const { threads, threadMemoryMiB } = options;
  const { start: concurrency, max: ceiling } = rangeOf(options.concurrency);
  check('threads', threads, threadsMax);
  check('threadMemoryMiB', threadMemoryMiB, memoryMiBMax);
  const inThreads = plans.filter((plan) => plan.thread !== undefined).length;
  if (inThreads === 0) return { concurrency: concurrency ?? concurrencyDefault, ceiling, threads: undefined };
  const wanted = threads ?? availableParallelism();
  // A delivery that waits here for a thread is kept from workers that have one.
  const handlers = concurrency ?? (inThreads === plans.length ? wanted : concurrencyDefault);
  const size = Math.min(wanted, ceiling ?? handlers);
  return {
    concurrency: handlers,
    ceiling,
    threads: new ThreadPool({ size, clock, memoryMiBMax: threadMemoryMiB }),
  };
}

const rangeNames: OptionNames<ConcurrencyRange> = { start: true, max: true };

function rangeOf(given: number | ConcurrencyRange | undefined): Partial<ConcurrencyRange> {
  if (given === undefined || typeof given !== 'object') {
    checkConcurrency(given);
    return given === undefined ? {} : { start: given };
  }
  requireKnownOptions(given, rangeNames, 'concurrency');
  const { start, max } = given as Partial<ConcurrencyRange>;
  check('concurrency.max', max ?? Number.NaN, concurrencyMax);
  check('concurrency.start', start ?? Number.NaN, given.max);
  return given;
}

/** Throws `bad-input` for what is no number of handlers. */
export function checkConcurrency(given: number | undefined, max = concurrencyMax): void {
  check('concurrency', given, max);
}

function check(name: string, given: number | undefined, max: number): void {
  if (given === undefined || (Number.isInteger(given) && given >= 1 && given <= max)) return;
  throw new SluiceError('bad-input', `${name} is a whole number from 1 to ${max}, not ${given}`);
}
