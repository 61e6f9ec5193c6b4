/** Which attempts are followed by another, and when. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { nextAttempt, retryPolicyOf } from './retry-policy.js';
import { NonRetryable, RetryLater, SchemaMismatch } from './task-errors.js';

const random = seededRandom(1);
const failure = new TypeError('no');

describe('a retry policy', () => {
  it('doubles from the first delay to the longest, less what chance takes away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, jitter) => {
          const policy = retryPolicyOf({ attempts: Infinity, delay: '2s', delayMax: '1m', jitter });
          const next = nextAttempt(policy, attempt, failure, random);
          const fullMs = Math.min(60_000, 2_000 * 2 ** (attempt - 1));
          expect(next.kind).toBe('retry');
          if (next.kind !== 'retry') return;
          expect(next.afterMs).toBeLessThanOrEqual(fullMs);
          expect(next.afterMs).toBeGreaterThanOrEqual(Math.floor(fullMs * (1 - jitter)));
        },
      ),
    );
  });

  it('keeps a fixed delay exactly', () => {
    const policy = retryPolicyOf({ backoff: 'fixed', delay: '3s' });
    for (const attempt of [1, 2, 3, 4])
      expect(nextAttempt(policy, attempt, failure, random)).toEqual({ kind: 'retry', afterMs: 3_000 });
  });

  it('asks a function with the attempt and the error, which may say no', () => {
    const policy = retryPolicyOf({ backoff: (attempt, error) => (error === failure ? attempt * 10 : false) });
    expect(nextAttempt(policy, 3, failure, random)).toEqual({ kind: 'retry', afterMs: 30 });
    expect(nextAttempt(policy, 3, new Error('other'), random)).toEqual({ kind: 'give-up' });
  });

  it('ends with the last attempt, five unless said otherwise', () => {
    expect(nextAttempt(retryPolicyOf(), 4, failure, random).kind).toBe('retry');
    expect(nextAttempt(retryPolicyOf(), 5, failure, random)).toEqual({ kind: 'give-up' });
    expect(nextAttempt(retryPolicyOf({ attempts: 1 }), 1, failure, random)).toEqual({ kind: 'give-up' });
  });

  it('heeds what the error itself asks for', () => {
    const policy = retryPolicyOf({ delay: '1h' });
    expect(nextAttempt(policy, 1, new RetryLater('250ms'), random)).toEqual({ kind: 'retry', afterMs: 250 });
    const foreign = Object.assign(new Error('busy'), { retryAfter: 1_500 });
    expect(nextAttempt(policy, 1, foreign, random)).toEqual({ kind: 'retry', afterMs: 1_500 });
    expect(nextAttempt(policy, 1, new NonRetryable('never'), random)).toEqual({ kind: 'give-up' });
    expect(nextAttempt(policy, 1, new SchemaMismatch('it', ['bad']), random)).toEqual({ kind: 'give-up' });
  });

  it.each([{ attempts: 0 }, { attempts: 1.5 }, { jitter: 2 }, { delay: 'soon' as never }])(
    'refuses %o',
    (options) => {
      expect(() => retryPolicyOf(options)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    },
  );
});
