/** What a scheduler sends, after any absence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueFirings, leadMs, type MissedPolicy } from './firings.js';
import { scheduleOf } from './schedule.js';

const schedule = scheduleOf({ every: '10s' }, 'task')!;

describe('due firings', () => {
  it('begin with the next moment, ahead of it', () => {
    expect(dueFirings(schedule, undefined, 25_000, 'latest')).toEqual({ firings: [30_000], againMs: 30_000 });
  });

  it('are none while the last one sent has not come', () => {
    expect(dueFirings(schedule, 30_000, 25_000, 'all')).toEqual({ firings: [], againMs: 30_000 });
  });

  it.each<[MissedPolicy, number[]]>([
    ['latest', [60_000, 70_000]],
    ['all', [40_000, 50_000, 60_000, 70_000]],
    ['skip', [70_000]],
  ])('after an absence, missed: %s', (missed, firings) => {
    expect(dueFirings(schedule, 30_000, 65_000, missed)).toEqual({ firings, againMs: 70_000 });
  });

  it('are not sent more than a day ahead', () => {
    const yearly = scheduleOf({ cron: '0 0 1 1 *' }, 'task')!;
    const nowMs = Date.parse('2026-03-01T00:00:00Z');
    const due = dueFirings(yearly, undefined, nowMs, 'latest');
    expect(due).toEqual({ firings: [], againMs: Date.parse('2027-01-01T00:00:00Z') - leadMs });
  });

  it('send each moment once, however time passes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 35_000 }), { minLength: 1, maxLength: 60 }), (steps) => {
        const sent: number[] = [];
        let [nowMs, lastMs] = [0, undefined as number | undefined];
        for (const step of steps) {
          nowMs += step;
          const { firings } = dueFirings(schedule, lastMs, nowMs, 'all');
          sent.push(...firings);
          lastMs = firings.at(-1) ?? lastMs;
        }
        expect(sent).toEqual(sent.map((_, index) => sent[0]! + index * 10_000));
      }),
    );
  });
});
