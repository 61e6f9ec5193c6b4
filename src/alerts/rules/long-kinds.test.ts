/** The kinds of rules that look at hours and days: burn rate and anomaly. What fires, and what only looks like it. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { judge } from '../testing/judged.js';
import { queueAt, scriptStart, type Script } from '../testing/scripted-figures.js';

const day = 86_400;
const hour = 3_600;

async function firedAt(rule: object, script: Script, from: number, seconds: number): Promise<string[]> {
  const told = await judge([{ name: 'r', ...rule }], script, { from, seconds, everySeconds: 10 });
  return told.map(({ at, transition }) => `${transition} at ${at - from}`);
}

describe('a burn rate', () => {
  const rule = {
    ...{ kind: 'burn-rate', objective: 0.99, clearFor: 0 },
    ...{ bad: 'sluice_messages_dead_lettered_total', total: 'sluice_messages_published_total' },
  };
  const fast = [{ factor: 14.4, long: '1h', short: '5m' }];
  const begun = 4 * day;

  /** 100 messages a second, and a share of them that goes wrong from `begun` on for some time. */
  function failing(share: number, forSeconds = Infinity, usual = 0, bornAt = -Infinity): Script {
    return (second) => {
      const at = second - scriptStart;
      if (at < bornAt) return [];
      const bad = Math.min(Math.max(0, at - begun), forSeconds);
      return [
        queueAt('a', {
          sluice_messages_published_total: (at + 10 * day) * 100,
          sluice_messages_dead_lettered_total: (at + 10 * day) * 100 * usual + bad * 100 * share,
        }),
      ];
    };
  }

  it('fires when both windows burn: the long one says that it matters, the short one that it lasts', async () => {
    // Of an hour 14.4 % must be bad: at 30 %, 1,728 s of it.
    const [first, ...rest] = await firedAt({ ...rule, windows: fast }, failing(0.3), begun, 2_400);
    expect(rest).toEqual([]);
    expect(Number(first!.split(' ').at(-1))).toBeGreaterThanOrEqual(1_728);
    expect(Number(first!.split(' ').at(-1))).toBeLessThan(1_900);
    expect(await firedAt({ ...rule, windows: fast }, failing(0.3, 1_650), begun, 3 * hour)).toEqual([]);
    expect(await firedAt({ ...rule, windows: fast }, failing(0.14), begun, 2 * hour)).toEqual([]);
  });

  it('is over soon after the last error, though the long window still holds it', async () => {
    const told = await firedAt({ ...rule, windows: fast }, failing(0.5, 1_800), begun, 2 * hour);
    expect(told.map((each) => each.split(' ')[0])).toEqual(['fired', 'resolved']);
    const [fired, over] = told.map((each) => Number(each.split(' ').at(-1)));
    expect(fired).toBeLessThan(1_300);
    expect(over).toBeLessThan(1_800 + 400);
  });

  it('sees a slow burn in its slow pair alone, and none within the objective', async () => {
    const windows = [...fast, { factor: 1, long: '3d', short: '6h' }];
    // Twice what is allowed: the fast pair is far from it. Half of three days reaches the budget of all of them.
    const slow = await firedAt({ ...rule, windows }, failing(0, 0, 0.012), begun, 900);
    expect(slow).toHaveLength(1);
    expect(await firedAt({ ...rule, windows }, failing(0, 0, 0.009), begun, 900)).toEqual([]);
    expect(await firedAt({ ...rule, windows: fast }, failing(0, 0, 0.012), begun, 900)).toEqual([]);
  });

  it('of a queue that is minutes old is unknown: a handful of errors is no burnt budget', async () => {
    const young = failing(0.2, 120, 0, begun);
    expect(await firedAt({ ...rule, windows: fast }, young, begun, 1_500)).toEqual([]);
    expect(await firedAt(rule, young, begun, 1_500)).toEqual([]);
  });
});

describe('an anomaly', () => {
  const rule = { kind: 'anomaly', metric: 'sluice_messages_ready', for: '1m', clearFor: '1m' };
  const today = 8 * day;

  interface Life {
    /** Added at a second, whatever day it is. */
    readonly more?: (at: number) => number;
    readonly noise?: number;
    readonly mean?: (at: number) => number;
  }

  /** A queue whose length follows the day, with noise that is the same at the same second. */
  function living({ more = () => 0, noise = 50, mean = ofDay }: Life): Script {
    return (second) => {
      const at = second - scriptStart;
      const swing = noise * normal(second);
      return [queueAt('a', { sluice_messages_ready: Math.max(0, Math.round(mean(at) + swing + more(at))) })];
    };
  }
  const ofDay = (at: number): number => 1_000 - 600 * Math.cos((at / day) * 2 * Math.PI);

  /** A standard normal number that belongs to a second. */
  function normal(second: number): number {
    const random = seededRandom(second);
    return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  }

  it('fires on a length that another hour would have, and not on the one of this hour', async () => {
    const noon = today + 12 * hour;
    expect(await firedAt(rule, living({}), noon, 1_200)).toEqual([]);
    expect(await firedAt(rule, living({}), today, 1_200)).toEqual([]);
    const night = living({ more: (at) => (at >= today ? 1_200 : 0) });
    expect((await firedAt(rule, night, today, 600))[0]).toMatch(/^fired/);
    const slightly = living({ more: (at) => (at >= today ? 250 : 0) });
    expect(await firedAt(rule, slightly, today, 600)).toEqual([]);
  });

  it('is as sharp after a week with an outage in this very hour as without', async () => {
    const spikes = (days: readonly number[]) => (at: number) =>
      (days.some((each) => Math.abs(at - (today - each * day)) < 2_000) ? 20_000 : 0) +
      (at >= today ? 1_200 : 0);
    for (const days of [[], [7], [1, 4], [2, 3, 6]])
      expect((await firedAt(rule, living({ more: spikes(days) }), today, 600))[0], days.join()).toMatch(
        /^fired/,
      );
    const calm = (at: number): number => (Math.abs(at - (today - day)) < 2_000 ? 20_000 : 0);
    expect(await firedAt(rule, living({ more: calm }), today, 600)).toEqual([]);
  });

  it('takes bursts of every day for usual, and the same burst on a day without them for none', async () => {
    const burst = (at: number): number => (((at % 600) + 600) % 600 < 90 ? 3_000 : 0);
    const empty = { noise: 0, mean: () => 0 };
    const quick = { ...rule, for: '30s' };
    expect(await firedAt(quick, living({ ...empty, more: burst }), today, hour)).toEqual([]);
    const first = living({ ...empty, more: (at) => (at >= today ? burst(at) : 0) });
    expect((await firedAt(quick, first, today, hour))[0]).toMatch(/^fired/);
  });

  it('of what never moved is no step of one, and of one side says nothing of the other', async () => {
    const flat = (step: number): Script =>
      living({ noise: 0, mean: () => 0, more: (at) => (at >= today ? step : 0) });
    expect(await firedAt(rule, flat(6), today, 600)).toEqual([]);
    expect(await firedAt(rule, flat(7), today, 600)).toHaveLength(1);
    expect(await firedAt({ ...rule, least: 10 }, flat(7), today, 600)).toEqual([]);
    const low = living({ more: (at) => (at >= today ? -1_400 : 0), mean: () => 2_000 });
    expect(await firedAt({ ...rule, side: 'below' }, low, today, 600)).toHaveLength(1);
    expect(await firedAt({ ...rule, side: 'above' }, low, today, 600)).toEqual([]);
  });

  it('is unknown until three days are known, and then fires', async () => {
    const young =
      (days: number): Script =>
      (second) =>
        second - scriptStart < today - days * day
          ? []
          : living({ more: (at) => (at >= today ? 5_000 : 0) })(second);
    expect(await firedAt(rule, young(2), today, 600)).toEqual([]);
    expect(await firedAt(rule, young(4), today, 600)).toHaveLength(1);
  });
});
