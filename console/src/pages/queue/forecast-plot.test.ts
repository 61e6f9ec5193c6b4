import { describe, expect, it } from 'vitest';
import { isSteady, levelsOf, plotOf, secondsUntilEmpty, type ForecastLine } from './forecast-plot.ts';

const line: ForecastLine = {
  ...{ what: 'messages', series: 's', level: 30, atSecond: 12, slopePerSecond: 10 },
  limit: { name: 'x-max-length', value: 100 },
  path: [12, 17, 22].map((second) => {
    const value = 30 + (second - 12) * 10;
    return { second, value, low: value - 5, high: value + 5 };
  }),
};
const history = [{ startSecond: 10, stepSeconds: 1, isCoarser: false, values: [10, null, 30] }];

describe('the plot of a forecast', () => {
  it('goes on where history ends', () => {
    const data = plotOf(history, line);
    expect(data.seconds).toEqual([10, 11, 12, 17, 22]);
    expect(data.lines).toEqual([
      [10, null, 30, null, null],
      [null, null, 30, 80, 130],
      [null, null, 30, 75, 125],
      [null, null, 30, 85, 135],
    ]);
    expect(levelsOf(data, line)).toEqual([100]);
    expect(levelsOf(data, { ...line, limit: { name: 'x-max-length', value: 1e6 } })).toEqual([]);
  });

  it('is the forecast alone where nothing is measured', () => {
    expect(plotOf([], line).lines[1]).toEqual([30, 80, 130]);
  });

  it('tells when it is empty, and when it hardly changes', () => {
    expect(secondsUntilEmpty({ ...line, slopePerSecond: -2 })).toBe(15);
    expect(secondsUntilEmpty(line)).toBeUndefined();
    expect(isSteady({ ...line, slopePerSecond: 1e-6 })).toBe(true);
    expect(isSteady(line)).toBe(false);
  });
});
