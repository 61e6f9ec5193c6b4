import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterOne, nextAllowedMs, unusedRate, type RateLimit } from './rate-limit.js';

/** Lets everything through as soon as it may go; returns the moments. */
function run(limit: RateLimit, arrivalsMs: readonly number[]): number[] {
  let state = unusedRate;
  let nowMs = 0;
  return arrivalsMs.map((gapMs) => {
    nowMs = Math.max(nowMs + gapMs, nextAllowedMs(limit, state));
    state = afterOne(limit, state, nowMs);
    return nowMs;
  });
}

describe('a rate limit', () => {
  it('lets a burst through at once, then one after each interval', () => {
    const moments = run({ count: 10, perMs: 1_000, burst: 3 }, [0, 0, 0, 0, 0]);
    expect(moments.map(Math.round)).toEqual([0, 0, 0, 100, 200]);
  });

  it('spaces evenly with a burst of one', () => {
    expect(run({ count: 2, perMs: 100, burst: 1 }, [0, 0, 200, 0]).map(Math.round)).toEqual([
      0, 50, 250, 300,
    ]);
  });

  it('never lets more through in any span than its burst and its rate', () => {
    const limit = fc.record({
      count: fc.integer({ min: 1, max: 50 }),
      perMs: fc.integer({ min: 1, max: 5_000 }),
      burst: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(limit, fc.array(fc.nat(300), { maxLength: 150 }), (given, gaps) => {
        const moments = run(given, gaps);
        for (let first = 0; first < moments.length; first++) {
          for (let last = first; last < moments.length; last++) {
            const spanMs = moments[last]! - moments[first]!;
            expect(last - first + 1).toBeLessThanOrEqual(
              given.burst + (spanMs * given.count) / given.perMs + 1e-3,
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('holds nobody back who is slower than it', () => {
    const moments = run({ count: 1, perMs: 10, burst: 1 }, [0, 10, 11, 10, 30]);
    expect(moments).toEqual([0, 10, 21, 31, 61]);
  });
});
