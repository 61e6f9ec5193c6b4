import fc from 'fast-check';
import { expect, it } from 'vitest';
import { durationParts } from './duration.ts';

const units = {
  seconds: ['s', 1],
  minutes: ['min', 60],
  hoursShort: ['h', 3_600],
  days: ['d', 86_400],
} as const;

function told(seconds: number): string {
  return durationParts(seconds)
    .map(({ count, word }) => `${String(count)} ${units[word][0]}`)
    .join(' ');
}

it('tells two units, as people do', () => {
  expect([60, 90, 599, 599.6, 1_230, 3_599, 31_200, 86_400, 100_000].map(told)).toEqual([
    ...['1 min', '1 min 30 s', '9 min 59 s', '10 min', '21 min', '1 h', '8 h 40 min', '24 h', '27 h 47 min'],
  ]);
  expect([172_799, 172_800, 300_000, 863_999, 5_000_000].map(told)).toEqual([
    ...['2 d', '2 d', '3 d 11 h', '10 d', '58 d'],
  ]);
});

it('is never further off than a twentieth, and never tells sixty of a unit', () => {
  fc.assert(
    fc.property(fc.double({ min: 60, max: 1e9, noNaN: true }), (seconds) => {
      const all = durationParts(seconds);
      const sum = all.reduce((total, { count, word }) => total + count * units[word][1], 0);
      expect(Math.abs(sum - seconds) / seconds).toBeLessThanOrEqual(0.051);
      expect(all.length).toBeGreaterThan(0);
      for (const { count, word } of all)
        if (word === 'seconds' || word === 'minutes') expect(count).toBeLessThan(60);
    }),
  );
});
