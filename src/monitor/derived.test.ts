import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as derived from './derived.js';
import { secondsUntil, trendOf } from './trend.js';
import { Points } from './history/index.js';

/** Points of [value, weight]; undefined is unknown. */
function pointsOf(...each: readonly (readonly [value: number, weight: number] | undefined)[]): Points {
  const points = new Points(each.length);
  for (const [index, point] of each.entries())
    if (point !== undefined) points.measure(index, point[0], point[1]);
  return points;
}

describe('rates', () => {
  it('are increments over the seconds in which they came', () => {
    const points = pointsOf([10, 1], undefined, [40, 2], [0, 1]);
    expect([0, 1, 2, 3, 4].map((index) => derived.rateAt(points, index))).toEqual([
      10,
      undefined,
      20,
      0,
      undefined,
    ]);
    expect(derived.rateOf(points)).toBe(12.5);
    expect(derived.rateOf(pointsOf(undefined))).toBeUndefined();
    expect(derived.averageAt(pointsOf([7, 2]), 0)).toBe(3.5);
  });
});

describe('time to drain', () => {
  it('is length over what leaves beyond what comes', () => {
    expect(derived.timeToDrain(100, 5, 15)).toEqual({ kind: 'draining', seconds: 10 });
    expect(derived.timeToDrain(100, 15, 15)).toEqual({ kind: 'never' });
    expect(derived.timeToDrain(0, undefined, undefined)).toEqual({ kind: 'empty' });
    for (const known of [
      [undefined, 1, 2],
      [1, undefined, 2],
      [1, 2, undefined],
    ] as const)
      expect(derived.timeToDrain(known[0], known[1], known[2])).toEqual({ kind: 'unknown' });
  });
});

describe('a trend', () => {
  it('finds the line though a fifth of its points is wild', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer({ min: 12, max: 400 }),
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 80, maxLength: 80 }),
        (slope, start, count, wild) => {
          const seconds = Array.from({ length: count }, (_, index) => 1_700_000_000 + index);
          const values = seconds.map((_, index) =>
            index % 5 === 2 ? wild[(index - 2) / 5]! : index % 7 === 3 ? undefined : start + slope * index,
          );
          const trend = trendOf(seconds, values)!;
          expect(Math.abs(trend.slopePerSecond - slope)).toBeLessThan(1e-6);
          const reached = start + slope * (trend.atSecond - seconds[0]!);
          expect(Math.abs(trend.level - reached)).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says nothing of fewer than five points', () => {
    expect(trendOf([1, 2, 3, 4, 5], [1, 2, 3, 4, undefined])).toBeUndefined();
    expect(trendOf([1, 1, 1, 1, 1], [1, 2, 3, 4, 5])).toBeUndefined();
  });

  it('forecasts when a limit is reached, and nothing where it moves away', () => {
    const trend = { slopePerSecond: -2, level: 100, atSecond: 0, points: 9 };
    expect(secondsUntil(0, trend)).toBe(50);
    expect(secondsUntil(200, trend)).toBeUndefined();
    expect(secondsUntil(100, trend)).toBe(0);
    expect(secondsUntil(0, { ...trend, slopePerSecond: 0 })).toBeUndefined();
  });
});

describe('shares', () => {
  it('are unknown where nothing is known', () => {
    expect(derived.missedShare(3, 12)).toBe(0.25);
    expect(derived.missedShare(0, 0)).toBeUndefined();
    expect(derived.missedShare(undefined, 5)).toBeUndefined();
    const points = pointsOf([1, 1], undefined, [0, 1], [1, 1], undefined);
    expect(derived.staleShare(points)).toBe(0.4);
    expect(derived.staleSeconds(points, 10)).toBe(10);
    expect(derived.availabilityOf(points)).toBeCloseTo(2 / 3);
    const unknown = pointsOf(undefined, undefined);
    expect([derived.staleSeconds(unknown, 1), derived.availabilityOf(unknown)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(derived.staleShare(new Points(0))).toBeUndefined();
  });
});
