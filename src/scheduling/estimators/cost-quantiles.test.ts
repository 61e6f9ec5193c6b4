import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { CostQuantiles, quantileErrorMax } from './cost-quantiles.js';

/** The least sample whose weight, with all lesser ones, reaches `q` of the whole. */
function exactQuantile(samples: readonly number[], q: number, halfLife: number): number {
  const weighed = samples.map((cost, index) => ({
    cost,
    weight: 2 ** ((index - samples.length) / halfLife),
  }));
  weighed.sort((a, b) => a.cost - b.cost);
  let left = q * weighed.reduce((sum, { weight }) => sum + weight, 0);
  for (const { cost, weight } of weighed) if ((left -= weight) <= 1e-9) return cost;
  return weighed.at(-1)!.cost;
}

function isNear(estimate: number, samples: readonly number[], q: number, halfLife: number): boolean {
  // A share that falls exactly between two samples may be rounded to either.
  return [q - 1e-9, q, q + 1e-9]
    .map((near) => exactQuantile(samples, Math.min(1, Math.max(0, near)), halfLife))
    .some((exact) => Math.abs(estimate - exact) <= exact * (quantileErrorMax + 1e-9));
}

describe('CostQuantiles', () => {
  it('keeps its error bound, whatever the costs and however fast they fade', () => {
    const cost = fc.oneof(
      fc.double({ min: 0.001, max: 1e8, noNaN: true }),
      fc.double({ min: 1, max: 20, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(cost, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(3, 50, 1_000, Infinity),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (samples, halfLife, anywhere) => {
          const quantiles = new CostQuantiles(halfLife);
          for (const sample of samples) quantiles.add(sample);
          for (const q of [0.5, 0.95, 0.99, anywhere])
            expect(isNear(quantiles.quantile(q)!, samples, q, halfLife)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('forgets what was long ago', () => {
    const quantiles = new CostQuantiles(100);
    for (let i = 0; i < 10_000; i++) quantiles.add(1_000);
    for (let i = 0; i < 1_000; i++) quantiles.add(10);
    expect(quantiles.estimate()!.p95Ms).toBeCloseTo(10, 0);
    expect(quantiles.estimate()!.meanMs).toBeLessThan(12);
  });

  it('stays exact through many half-lives', () => {
    const random = seededRandom(5);
    const quantiles = new CostQuantiles(1);
    for (let i = 0; i < 5_000; i++) quantiles.add(1 + random.next() * 99);
    quantiles.add(42);
    expect(quantiles.quantile(0.5)! / 42).toBeCloseTo(1, 1);
    expect(quantiles.samples).toBe(5_001);
  });

  it('knows nothing before the first sample, and refuses what is no cost', () => {
    const quantiles = new CostQuantiles();
    expect([quantiles.quantile(0.5), quantiles.estimate()]).toEqual([undefined, undefined]);
    for (const bad of [-1, NaN, Infinity]) {
      expect(() => {
        quantiles.add(bad);
      }).toThrow('cost');
    }
    quantiles.add(0);
    expect(quantiles.quantile(1)).toBeCloseTo(0.001, 3);
  });
});
