import { describe, expect, it } from 'vitest';
import { clipped, reach } from './plot-marks.ts';

describe('what a plot marks', () => {
  it('keeps bands inside, and shows the shortest', () => {
    expect(clipped(10, 30, 0, 100)).toEqual([10, 20]);
    expect(clipped(-50, 20, 0, 100)).toEqual([0, 20]);
    expect(clipped(90, 500, 0, 100)).toEqual([90, 10]);
    expect(clipped(40, 40, 0, 100)).toEqual([40, 1]);
    expect(clipped(200, 300, 0, 100)).toBeUndefined();
    expect(clipped(-20, -10, 0, 100)).toBeUndefined();
  });

  it('reaches every level', () => {
    expect(reach(5, {})).toBe(5);
    expect(reach(5, { levels: [3] })).toBe(5);
    expect(reach(5, { levels: [3, 80] })).toBe(80);
  });
});
