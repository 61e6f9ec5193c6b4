/** Advice on capacity, and the risk of being late. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advise } from './capacity-advice.js';
import { latenessRisk } from './lateness-risk.js';

describe('advise', () => {
  it("gives the workers of Little's law, with the figures it used", () => {
    const load = { arrivalsPerSecond: 20, backlog: 300, costMsMean: 70, drainMs: 30_000 };
    const advice = advise(load);
    expect(advice).toMatchObject({ workers: 3, jobsPerSecond: 30, figures: { utilisationTarget: 0.7 } });
    expect(advice.workersBusy).toBeCloseTo(2.1, 12);
    expect(advice.reason).toContain('keep 2.1 workers busy; at a utilisation of 0.7 that takes 3');
  });

  it('is at least one worker, and more for more work', () => {
    expect(advise({ arrivalsPerSecond: 0, backlog: 0, costMsMean: 0, drainMs: 1 }).workers).toBe(1);
    const amount = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(amount, amount, amount, (arrivalsPerSecond, backlog, costMsMean) => {
        const load = { arrivalsPerSecond, backlog, costMsMean, drainMs: 1_000 };
        const { workers, workersBusy } = advise(load);
        expect(workers * 0.7).toBeGreaterThanOrEqual(workersBusy - 1e-6);
        expect((workers - 1) * 0.7).toBeLessThanOrEqual(Math.max(0, workersBusy) + 1e-6);
        expect(advise({ ...load, backlog: backlog + 1 }).workers).toBeGreaterThanOrEqual(workers);
      }),
    );
  });

  it('refuses figures that are none', () => {
    const load = { arrivalsPerSecond: 1, backlog: 1, costMsMean: 1, drainMs: 1_000 };
    expect(() => advise({ ...load, drainMs: 0 })).toThrow('drain');
    expect(() => advise({ ...load, utilisationTarget: 0 })).toThrow('utilisation');
    expect(() => advise({ ...load, backlog: -1 })).toThrow('negative');
  });
});

describe('latenessRisk', () => {
  const job = { nowMs: 1_000, deadlineMs: 1_100, workers: 2, costMsMeanAhead: 20, costMsHigh: 40 };

  it('expects a job that finds a free worker to start at once', () => {
    expect(latenessRisk({ ...job, jobsAhead: 1 })).toMatchObject({
      kind: 'on-time',
      startMs: 1_000,
      endMs: 1_040,
    });
  });

  it('tells what is at risk before it is late', () => {
    expect(latenessRisk({ ...job, jobsAhead: 7 })).toMatchObject({
      kind: 'on-time',
      endMs: 1_100,
      latenessMs: 0,
    });
    expect(latenessRisk({ ...job, jobsAhead: 8 })).toMatchObject({
      kind: 'at-risk',
      latenessMs: 10,
      laxityMs: 60,
    });
    expect(latenessRisk({ ...job, nowMs: 1_061, jobsAhead: 0 })).toMatchObject({
      kind: 'late',
      laxityMs: -1,
    });
  });
});
