import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastOf, reachOf, trendOf, valueAfter, type Forecast } from './trend.js';

const moments = Array.from({ length: 60 }, (_, index) => 1_000 + index * 10);

function line(slope: number, start: number, noise: (index: number) => number = () => 0): number[] {
  return moments.map((second, index) => start + slope * (second - 1_000) + noise(index));
}

const steady: Forecast = {
  ...{ slopePerSecond: 2, slopeLow: 1, slopeHigh: 4, level: 100, atSecond: 0, points: 60 },
  ...{ strayLow: -10, strayHigh: 20 },
};

describe('forecastOf', () => {
  it('is the same line as the trend, within its band, whatever was measured', () => {
    const value = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { minLength: 60, maxLength: 60 }), (values) => {
        const forecast = forecastOf(moments, values);
        const trend = trendOf(moments, values);
        if (trend === undefined) {
          expect(forecast).toBeUndefined();
          return;
        }
        expect(forecast).toMatchObject(trend);
        const { slopeLow, slopeHigh, strayLow, strayHigh, slopePerSecond } = forecast!;
        expect(slopeLow).toBeLessThanOrEqual(slopePerSecond);
        expect(slopeHigh).toBeGreaterThanOrEqual(slopePerSecond);
        expect(strayLow).toBeLessThanOrEqual(strayHigh);
      }),
    );
  });

  it('has no band where nothing strays, and a wide one where much does', () => {
    const exact = forecastOf(moments, line(3, 50))!;
    expect(exact.slopeHigh - exact.slopeLow).toBeLessThan(1e-9);
    const noisy = forecastOf(
      moments,
      line(3, 50, (index) => ((index * 7_919) % 101) * 5),
    )!;
    expect(noisy.slopeHigh - noisy.slopeLow).toBeGreaterThan(0.1);
    expect(noisy.slopeLow).toBeLessThan(3);
    expect(noisy.slopeHigh).toBeGreaterThan(3);
  });

  it('is not turned by a few wild points', () => {
    const wild = line(3, 50, (index) => (index % 6 === 0 ? 1e6 : 0));
    expect(forecastOf(moments, wild)!.slopePerSecond).toBeCloseTo(3, 6);
  });

  it('foretells nothing from too little', () => {
    expect(forecastOf([1, 2, 3, 4], [1, 2, 3, 4])).toBeUndefined();
  });
});

describe('a forecast', () => {
  it('goes on with its band', () => {
    expect(valueAfter(0, steady)).toEqual({ value: 100, low: 90, high: 120 });
    expect(valueAfter(10, steady)).toEqual({ value: 120, low: 100, high: 160 });
  });

  it('tells when it reaches a limit, at the earliest and at the latest', () => {
    expect(reachOf(200, 1, steady)).toEqual({ seconds: 50, earliestSeconds: 20, latestSeconds: 110 });
    const mayStand = { ...steady, slopeLow: -1 };
    expect(reachOf(200, 1, mayStand)).toEqual({ seconds: 50, earliestSeconds: 20, latestSeconds: undefined });
    expect(reachOf(100, 1, steady)).toMatchObject({ seconds: 0, earliestSeconds: 0, latestSeconds: 10 });
    expect(reachOf(50, -1, steady)).toEqual({
      seconds: undefined,
      earliestSeconds: undefined,
      latestSeconds: undefined,
    });
    const falling = { ...steady, slopePerSecond: -2, slopeLow: -4, slopeHigh: -1 };
    expect(reachOf(0, -1, falling)).toEqual({ seconds: 50, earliestSeconds: 22.5, latestSeconds: 120 });
  });
});
