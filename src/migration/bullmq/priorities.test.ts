import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priorityOf } from './priorities.js';

it('turns the order round and never against it', () => {
  const any = fc.integer({ min: 0, max: 2_097_151 });
  fc.assert(
    fc.property(any, any, (a, b) => {
      if (a < b) expect(priorityOf(a).priority).toBeGreaterThanOrEqual(priorityOf(b).priority);
    }),
  );
});

it('says which numbers share a level', () => {
  const levels = [0, 1, 2, 3, 9, 10, 99, 100, 2_097_151].map((n) => priorityOf(n).priority);
  expect(levels).toEqual([5, 4, 3, 2, 2, 1, 1, 0, 0]);
  expect([0, 1, 2, 3].map((n) => priorityOf(n).isMerged)).toEqual([false, false, false, true]);
  expect(priorityOf(Number.NaN).priority).toBe(5);
});
