/** Moments of periodic tasks, over changes of the clocks too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleOf } from './schedule.js';

function firings(cron: string, timezone: string | undefined, from: string, count: number): string[] {
  const schedule = scheduleOf({ cron, ...(timezone === undefined ? {} : { timezone }) }, 'task')!;
  const moments: string[] = [];
  for (let atMs = Date.parse(from); moments.length < count;) {
    atMs = schedule.next(atMs)!;
    moments.push(new Date(atMs).toISOString());
  }
  return moments;
}

describe('every', () => {
  it('gives each multiple once, from wherever one begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 10_000_000 }),
        fc.integer({ min: 0, max: 2e12 }),
        (everyMs, afterMs) => {
          const next = scheduleOf({ every: everyMs }, 'task')!.next(afterMs)!;
          expect(next).toBeGreaterThan(afterMs);
          expect(next - afterMs).toBeLessThanOrEqual(everyMs);
          expect(next % everyMs).toBe(0);
        },
      ),
    );
  });
});

describe('cron', () => {
  it('goes by the time zone', () => {
    expect(firings('0 2 * * *', 'Asia/Shanghai', '2026-03-01T00:00:00Z', 2)).toEqual([
      '2026-03-01T18:00:00.000Z',
      '2026-03-02T18:00:00.000Z',
    ]);
    expect(firings('*/30 * * * * *', undefined, '2026-03-01T00:00:00Z', 2)).toEqual([
      '2026-03-01T00:00:30.000Z',
      '2026-03-01T00:01:00.000Z',
    ]);
  });

  it('fires once on the day that has no such hour', () => {
    // Berlin, 2026-03-29: from 02:00 to 03:00 at once.
    const moments = firings('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2);
    expect(moments[0]!.slice(0, 10)).toBe('2026-03-29');
    expect(moments[1]).toBe('2026-03-30T00:30:00.000Z');
  });

  it('fires once on the day that has the hour twice', () => {
    // Berlin, 2026-10-25: from 03:00 back to 02:00.
    const moments = firings('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2);
    expect(moments[0]!.slice(0, 10)).toBe('2026-10-25');
    expect(moments[1]).toBe('2026-10-26T01:30:00.000Z');
  });

  it('ends where there is nothing more', () => {
    expect(scheduleOf({ cron: '0 0 31 2 *' }, 'task')!.next(0)).toBeUndefined();
  });
});

it.each([
  { every: '10ms' as const },
  { every: '1s' as const, cron: '* * * * *' },
  { every: '1s' as const, timezone: 'UTC' },
  { cron: 'whenever' },
  { cron: '* * * * *', timezone: 'Mars/Olympus' },
])('refuses %o', (options) => {
  expect(() => scheduleOf(options, 'task')).toThrow(expect.objectContaining({ code: 'bad-input' }));
});
