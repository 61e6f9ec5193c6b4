/** When a failed attempt is followed by another. Pure: the attempt, the error and chance in, a delay out. */
import { millisecondsOf, type Duration } from '../engines/index.js';
import { requireKnownOptions, SluiceError, type OptionNames, type Random } from '../kernel/index.js';
import { NonRetryable, ResultTooLarge, SchemaMismatch } from './task-errors.js';

/** How a task is retried. Without one: five attempts, exponential from 1 s to 1 h with jitter. */
export interface RetryOptions {
  /** Attempts in all, the first included; `Infinity` is allowed. */
  readonly attempts?: number;
  /**
   * `exponential` doubles the delay from one attempt to the next, `fixed` keeps it. A function gives the delay after
   * an attempt (counted from 1) that failed with an error, or `false`: no more.
   */
  readonly backoff?: 'exponential' | 'fixed' | ((attempt: number, error: unknown) => Duration | false);
  /** The first delay; 1 s unless said otherwise. */
  readonly delay?: Duration;
  /** The longest delay; 1 h unless said otherwise. */
  readonly delayMax?: Duration;
  /** The part of the delay that chance may take away, 0 to 1; 0.2 unless said otherwise, 0 for `fixed`. */
  readonly jitter?: number;
}

/** A policy with every part of it known. */
export interface RetryPolicy {
  readonly attemptsMax: number;
  readonly delayMs: (attempt: number, error: unknown, random: Random) => number | false;
}

export type NextAttempt = { readonly kind: 'retry'; readonly afterMs: number } | { readonly kind: 'give-up' };

const optionNames: OptionNames<RetryOptions> = {
  attempts: true,
  backoff: true,
  delay: true,
  delayMax: true,
  jitter: true,
};
const backoffs: readonly unknown[] = ['exponential', 'fixed'];

/** Throws `bad-input` for options that make no sense. */
export function retryPolicyOf(options: RetryOptions = {}): RetryPolicy {
  requireKnownOptions(options, optionNames, 'retry');
  const { attempts = 5, backoff = 'exponential' } = options;
  if (attempts !== Infinity && (!Number.isInteger(attempts) || attempts < 1))
    throw badOption(`retry.attempts is a whole number from 1, not ${attempts}`);
  if (typeof backoff === 'function') {
    const delayMs = (attempt: number, error: unknown): number | false => {
      const delay = backoff(attempt, error);
      return delay === false ? false : millisecondsOf(delay, 'the delay that retry.backoff gave');
    };
    return { attemptsMax: attempts, delayMs };
  }
  if (!backoffs.includes(backoff))
    throw badOption(`retry.backoff is 'exponential', 'fixed' or a function, not '${backoff}'`);
  return { attemptsMax: attempts, delayMs: growingDelay(options, backoff) };
}

function growingDelay(options: RetryOptions, backoff: 'exponential' | 'fixed'): RetryPolicy['delayMs'] {
  const firstMs = millisecondsOf(options.delay ?? '1s', 'retry.delay');
  const maxMs = millisecondsOf(options.delayMax ?? '1h', 'retry.delayMax');
  const { jitter = backoff === 'fixed' ? 0 : 0.2 } = options;
  if (!(jitter >= 0 && jitter <= 1)) throw badOption(`retry.jitter is a number from 0 to 1, not ${jitter}`);
  const factor = backoff === 'fixed' ? 1 : 2;
  return (attempt, _error, random) => {
    const fullMs = Math.min(maxMs, firstMs * factor ** (attempt - 1));
    return Math.round(fullMs * (1 - jitter * random.next()));
  };
}

/** No further attempt would change them. */
const finalErrors = [NonRetryable, SchemaMismatch, ResultTooLarge];

/** What follows attempt number `attempt` (from 1) that failed with `error`. Throws what a `backoff` function throws. */
export function nextAttempt(
  policy: RetryPolicy,
  attempt: number,
  error: unknown,
  random: Random,
): NextAttempt {
  if (attempt >= policy.attemptsMax || finalErrors.some((final) => error instanceof final))
    return { kind: 'give-up' };
  const asked = retryAfterOf(error);
  const afterMs = asked ?? policy.delayMs(attempt, error, random);
  return afterMs === false ? { kind: 'give-up' } : { kind: 'retry', afterMs };
}

/** What an error itself asks for: any error may carry `retryAfter`. One that is no duration is another library's. */
function retryAfterOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    const asked: unknown = (error as { retryAfter?: unknown }).retryAfter;
    if (typeof asked !== 'number' && typeof asked !== 'string') return undefined;
    return millisecondsOf(asked as Duration, 'retryAfter');
  } catch {
    return undefined;
  }
}

function badOption(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
