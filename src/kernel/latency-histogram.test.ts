import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencyErrorMax, LatencyHistogram } from './latency-histogram.js';

const hourMicroseconds = 3_600e6;
const duration = fc.oneof(
  fc.double({ min: 1, max: hourMicroseconds, noNaN: true }),
  fc.double({ min: 1, max: 5_000, noNaN: true }),
  fc.nat(31).map((octave) => 2 ** octave),
  fc.constant(hourMicroseconds),
);
const durations = fc.array(duration, { minLength: 1, maxLength: 300 });

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

const shares = [0, 0.25, 0.5, 0.95, 0.99, 0.999, 1];

function quantilesOf(histogram: LatencyHistogram): (number | undefined)[] {
  return shares.map((share) => histogram.quantile(share));
}

describe('LatencyHistogram', () => {
  it('gives every quantile within 1.6 % of the exact one', () => {
    expect(latencyErrorMax).toBeLessThan(0.02);
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, anywhere) => {
        const histogram = histogramOf(values);
        const sorted = values.toSorted((a, b) => a - b);
        for (const share of [...shares, anywhere]) {
          const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
          const off = Math.abs(histogram.quantile(share)! - exact);
          expect(off).toBeLessThanOrEqual(exact * latencyErrorMax * (1 + 1e-9));
        }
      }),
    );
  });

  it('merges to what one histogram of all values is', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const merged = histogramOf(some);
        merged.merge(histogramOf(others));
        const together = histogramOf([...some, ...others]);
        expect(quantilesOf(merged)).toEqual(quantilesOf(together));
        expect(merged.count).toBe(together.count);
        expect(merged.sumMicroseconds / together.sumMicroseconds).toBeCloseTo(1, 9);
      }),
    );
  });

  it('gives in a summary what it gives one by one', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const histogram = histogramOf(values);
        const { p50Microseconds, p95Microseconds, p99Microseconds, p999Microseconds, maxMicroseconds } =
          histogram.summary()!;
        const together = [p50Microseconds, p95Microseconds, p99Microseconds, p999Microseconds];
        expect(together).toEqual([0.5, 0.95, 0.99, 0.999].map((share) => histogram.quantile(share)));
        expect(maxMicroseconds).toBe(Math.max(...values));
      }),
    );
  });

  it('counts a value that stands for several as so many', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 64 }), (values, times) => {
        const weighted = new LatencyHistogram();
        for (const value of values) weighted.record(value, times);
        const repeated = histogramOf(values.flatMap((value) => Array<number>(times).fill(value)));
        expect(weighted.count).toBe(repeated.count);
        expect(quantilesOf(weighted)).toEqual(quantilesOf(repeated));
        expect(weighted.sumMicroseconds / repeated.sumMicroseconds).toBeCloseTo(1, 9);
      }),
    );
  });

  it('knows nothing before the first value and after clear', () => {
    const histogram = histogramOf([5]);
    histogram.clear();
    for (const empty of [histogram, new LatencyHistogram()]) {
      expect(empty.summary()).toBeUndefined();
      expect(empty.quantile(0.5)).toBeUndefined();
    }
  });

  it('puts what is out of its range at its ends', () => {
    const histogram = histogramOf([0, -3, 0.2, 1e12]);
    expect(histogram.quantile(0)).toBeCloseTo(1, 1);
    expect(histogram.quantile(1)! / 2 ** 32).toBeCloseTo(1, 1);
    expect(histogram.count).toBe(4);
  });

  it('counts up to a bound', () => {
    const histogram = histogramOf([1, 2, 3, 1_000, 5_000]);
    expect([0.5, 1, 2, 4, 2 ** 20].map((bound) => histogram.countUpTo(bound))).toEqual([0, 1, 2, 3, 5]);
  });

  it('takes 256 bytes an octave', () => {
    expect(histogramOf([1_000, 900, 1_020]).memoryBytes).toBe(256);
    expect(histogramOf([1, hourMicroseconds]).memoryBytes).toBe(32 * 256);
  });
});
