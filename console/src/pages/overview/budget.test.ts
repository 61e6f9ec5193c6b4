import { expect, it } from 'vitest';
import { percentOf, sharesOf, spentOf } from './budget.ts';

const day = 86_400;

it('is spent by time that was down, and by nothing that is unknown', () => {
  expect(spentOf({ upSeconds: day, downSeconds: 0, unknownSeconds: 0 }, 0.999)).toBe(0);
  expect(spentOf({ upSeconds: day - 86.4, downSeconds: 86.4, unknownSeconds: 0 }, 0.999)).toBeCloseTo(1);
  expect(spentOf({ upSeconds: 900, downSeconds: 100, unknownSeconds: day }, 0.9)).toBeCloseTo(1);
  expect(spentOf({ upSeconds: 0, downSeconds: 0, unknownSeconds: day }, 0.999)).toBeUndefined();
});

it('is drawn in shares of all time, a short failure too', () => {
  expect(sharesOf({ upSeconds: 50, downSeconds: 25, unknownSeconds: 25 })).toEqual({
    up: 0.5,
    down: 0.25,
    unknown: 0.25,
  });
  const { up, down, unknown } = sharesOf({ upSeconds: day, downSeconds: 1, unknownSeconds: day });
  expect(down).toBe(0.004);
  expect(up + down + unknown).toBeCloseTo(1);
  expect(sharesOf({ upSeconds: 0, downSeconds: 0, unknownSeconds: 0 })).toEqual({
    up: 0,
    down: 0,
    unknown: 0,
  });
  expect(sharesOf({ upSeconds: 0, downSeconds: 5, unknownSeconds: 0 })).toEqual({
    up: 0,
    down: 1,
    unknown: 0,
  });
});

it('never rounds what is lost to nothing', () => {
  expect(percentOf(0.999_996)).toBe(99.999);
  expect(percentOf(1)).toBe(100);
});
