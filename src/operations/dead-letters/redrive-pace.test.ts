/** How many letters may go when, on a clock that moves when told. */
import { expect, it } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { RedrivePace } from './redrive-pace.js';

const { signal } = new AbortController();

it('lets the first go at once, and never more than so many a second', () => {
  const clock = new FakeClock();
  const pace = new RedrivePace(clock, 3);
  expect(pace.dueAfter(0)).toBe(1);
  expect(pace.dueAfter(1)).toBe(0);
  clock.advance(1_000);
  expect(pace.dueAfter(1)).toBe(3);
  expect(pace.dueAfter(4)).toBe(0);
});

it('has one due after each wait, whatever the rate', async () => {
  const clock = new FakeClock();
  for (const perSecond of [3, 7, 999, 0.3]) {
    const pace = new RedrivePace(clock, perSecond);
    for (let sent = 1; sent < 50; sent++) {
      const waited = pace.wait(sent, signal);
      clock.advance(Math.ceil(1_000 / perSecond));
      await waited;
      expect(pace.dueAfter(sent), `${perSecond} a second, ${sent} sent`).toBeGreaterThanOrEqual(1);
    }
  }
});

it('knows no bounds without a rate, and waits no longer than until it is told to stop', async () => {
  const clock = new FakeClock();
  expect(new RedrivePace(clock).dueAfter(1_000_000)).toBe(Infinity);
  const stop = new AbortController();
  const waited = new RedrivePace(clock, 1).wait(1, stop.signal);
  stop.abort();
  await waited;
});
