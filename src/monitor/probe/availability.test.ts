import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Availability, type Verdict } from './availability.js';

const gapMs = 10_000;

/** Observes probes one after another: each is a pause, a duration and a verdict. */
function observed(probes: readonly (readonly [pauseMs: number, tookMs: number, verdict: Verdict])[]) {
  const availability = new Availability(0, gapMs);
  let nowMs = 0;
  for (const [pauseMs, tookMs, verdict] of probes) {
    availability.observe(verdict, nowMs + pauseMs, nowMs + pauseMs + tookMs);
    nowMs += pauseMs + tookMs;
  }
  return { availability, nowMs };
}

describe('Availability', () => {
  it('measures recovery from the first probe that failed to the first that came back', () => {
    const { availability, nowMs } = observed([
      [0, 10, 'up'],
      [990, 5_000, 'down'],
      [2_000, 5, 'down'],
      [3_000, 20, 'up'],
    ]);
    expect(availability).toMatchObject({ upMs: 1_000, downMs: 10_025, outages: 1 });
    expect(availability.recoveries.count).toBe(1);
    expect(availability.recoveries.sumMicroseconds).toBeCloseTo(10_025_000);
    expect(availability.outageMs(nowMs)).toBe(0);
  });

  it('tells how long an outage has lasted, and nothing before the first probe', () => {
    expect(new Availability(0, gapMs).outageMs(50)).toBeUndefined();
    const { availability } = observed([[100, 5_000, 'down']]);
    expect(availability.outageMs(7_100)).toBe(7_000);
  });

  it('counts time that nobody looked at as neither, and no recovery through it', () => {
    const { availability } = observed([
      [0, 10, 'up'],
      [990, 1_000, 'down'],
      [3_600_000, 10, 'up'],
    ]);
    expect(availability).toMatchObject({ upMs: 1_010, downMs: 1_000, outages: 1 });
    expect(availability.recoveries.count).toBe(0);
  });

  it('ends an outage without a recovery when a probe tells nothing', () => {
    const { availability, nowMs } = observed([
      [0, 10, 'down'],
      [990, 10, 'unknown'],
      [990, 10, 'up'],
    ]);
    expect(availability).toMatchObject({ upMs: 10, downMs: 10, outages: 1 });
    expect(availability.recoveries.count).toBe(0);
    expect(availability.outageMs(nowMs)).toBe(0);
  });

  it('leaves no time out and counts none twice while every probe tells something', () => {
    const probe = fc.tuple(
      fc.integer({ min: 0, max: gapMs }),
      fc.integer({ min: 0, max: 6_000 }),
      fc.constantFrom<Verdict>('up', 'down'),
    );
    fc.assert(
      fc.property(fc.array(probe, { minLength: 1, maxLength: 60 }), (probes) => {
        const { availability, nowMs } = observed(probes);
        expect(availability.upMs + availability.downMs).toBe(nowMs - probes[0]![0]);
        const verdicts = probes.map(([, , verdict]) => verdict);
        const recoveries = verdicts.filter((verdict, at) => verdict === 'up' && verdicts[at - 1] === 'down');
        expect(availability.recoveries.count).toBe(recoveries.length);
        const open = verdicts.at(-1) === 'down' ? availability.outageMs(nowMs)! : 0;
        expect(availability.recoveries.sumMicroseconds / 1_000 + open).toBeCloseTo(availability.downMs);
      }),
    );
  });
});
