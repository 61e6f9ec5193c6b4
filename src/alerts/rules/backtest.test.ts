import { describe, expect, it } from 'vitest';
import { queueAt, ScriptedFigures, scriptStart, type Script } from '../testing/scripted-figures.js';
import { backtest, type Backtest } from './backtest.js';
import { Evaluator } from './evaluator.js';
import { parseRule } from './rule.js';

const start = scriptStart - (scriptStart % 60);

/** Runs a rule live and replayed over the same hour. */
async function both(definition: Record<string, unknown>, script: Script, seconds: number) {
  const figures = new ScriptedFigures(script, start);
  const monitor = await figures.open();
  const parts = { figures: monitor, clock: figures.clock, pause: () => Promise.resolve() };
  const evaluator = new Evaluator({ ...parts, intervalSeconds: 5 });
  evaluator.setRules([parseRule(definition)]);
  const fired: number[] = [];
  for (let at = 0; at < seconds; at++) {
    await monitor.runOnce();
    if (at % 5 === 0)
      for (const { transition } of await evaluator.evaluate(start + at))
        if (transition === 'fired') fired.push(at);
    figures.clock.advance(1_000);
  }
  const replayed: Backtest = await backtest(parseRule(definition), {
    ...parts,
    fromSecond: start,
    toSecond: start + seconds,
  });
  await monitor.stop();
  return { fired, replayed };
}

const ready = { name: 'ready', metric: 'sluice_messages_ready', above: 100, for: '1m' };

describe('a back-test', () => {
  it('fires where the rule fired live, for as long, and counts who would have been told', async () => {
    const script: Script = (second) => {
      const at = (second - start) % 900;
      return [
        queueAt('a', { sluice_messages_ready: at >= 300 && at < 600 ? 200 : 10 }),
        queueAt('b', { sluice_messages_ready: 1 }),
      ];
    };
    const { fired, replayed } = await both(ready, script, 1_800);
    expect(fired).toEqual([360, 1_260]);
    expect(replayed).toMatchObject({ objectsLookedAt: 2, notifications: { fired: 2, resolved: 2 } });
    const [only, ...others] = replayed.objects;
    expect(others).toEqual([]);
    expect(only!.labels['queue']).toBe('a');
    for (const [index, { fromSecond }] of only!.firing.entries())
      expect(Math.abs(fromSecond - start - fired[index]!)).toBeLessThanOrEqual(10);
    expect(only!.worst).toBe(200);
    // A minute before each of them.
    expect(only!.pending.map(({ toSecond }) => toSecond)).toEqual(
      only!.firing.map(({ fromSecond }) => fromSecond),
    );
    expect(only!.pendingSeconds).toBe(120);
  }, 20_000);

  it('shows the figure of those that tell most, however quiet, and what it is compared with', async () => {
    const script: Script = (second) => {
      const at = second - start;
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      return names.map((name, index) =>
        queueAt(name, {
          sluice_messages_ready: name === 'a' && at >= 300 && at < 330 ? 200 : index,
        }),
      );
    };
    const { replayed } = await both(ready, script, 1_800);
    expect(replayed).toMatchObject({ figure: 'sluice_messages_ready', unit: 'messages', level: 100 });
    // One that was about to, and those nearest to the level.
    expect(replayed.curves.map(({ labels }) => labels['queue'])).toEqual(['a', 'f', 'e', 'd']);
    const [a, f] = replayed.curves;
    expect(Math.max(...a!.values.map((value) => value ?? 0))).toBe(200);
    expect(new Set(f!.values.filter((value) => value !== null))).toEqual(new Set([5]));
    expect(a!.values.length).toBeLessThanOrEqual(400);
    expect(replayed.objects).toMatchObject([{ labels: { queue: 'a' }, firing: [], pendingSeconds: 30 }]);
  }, 20_000);

  it('shows the figure also while a condition that has to hold as well does not', async () => {
    const guarded = { ...ready, while: [{ metric: 'sluice_consumers', above: 0 }] };
    const script: Script = () => [queueAt('a', { sluice_messages_ready: 300, sluice_consumers: 0 })];
    const { replayed } = await both(guarded, script, 600);
    expect(replayed.objects).toEqual([]);
    expect(replayed.curves[0]!.values.some((value) => value === 300)).toBe(true);
  }, 20_000);

  it('shows what is unknown, and neither fires nor ends there', async () => {
    const script: Script = (second) => {
      const at = second - start;
      if (at >= 600 && at < 1_200) return [];
      return [queueAt('a', { sluice_messages_ready: at >= 300 && at < 1_500 ? 200 : 10 })];
    };
    const { replayed } = await both(ready, script, 1_800);
    const [object] = replayed.objects;
    expect(object!.firing).toHaveLength(1);
    expect(object!.unknownSeconds).toBeGreaterThanOrEqual(590);
    expect(object!.unknownSeconds).toBeLessThanOrEqual(620);
    expect(object!.firing[0]!.toSecond! - start).toBeGreaterThanOrEqual(1_500);
  }, 20_000);

  it('replays rates and absence', async () => {
    let published = 0;
    const script: Script = (second) => {
      const at = second - start;
      published += at >= 300 && at < 600 ? 50 : 1;
      const up = { kind: 'engine', labels: ['embedded'], figures: { sluice_engine_up: 1 } };
      return at < 900 ? [up, queueAt('a', { sluice_messages_published_total: published })] : [up];
    };
    const rate = { name: 'rate', metric: 'rate(sluice_messages_published_total)', above: 40, for: 0 };
    const { fired, replayed } = await both(rate, script, 1_200);
    expect(fired).toHaveLength(1);
    expect(replayed.notifications.fired).toBe(1);
    const absent = { name: 'gone', kind: 'absence', where: { queue: 'a' }, for: '1m' };
    published = 0;
    expect((await both(absent, script, 1_200)).replayed.notifications).toEqual({ fired: 1, resolved: 0 });
  }, 20_000);

  it('knows what there was 30 seconds after the first measurement of all', async () => {
    const begun = start + 13;
    const script: Script = () => [queueAt('a', { sluice_messages_ready: 200 })];
    const figures = new ScriptedFigures(script, begun);
    const monitor = await figures.open();
    for (let at = 0; at < 30; at++) {
      await monitor.runOnce();
      figures.clock.advance(1_000);
    }
    const parts = { figures: monitor, clock: figures.clock, pause: () => Promise.resolve() };
    const toSecond = begun + 29;
    const range = { fromSecond: toSecond - 7 * 86_400, toSecond, historySecond: monitor.historySecond };
    const replayed = await backtest(parseRule({ ...ready, for: 0 }), { ...parts, ...range });
    expect(replayed).toMatchObject({ stepSeconds: 10, notifications: { fired: 1 } });
    expect(replayed.fromSecond).toBeGreaterThan(begun - 60);
    expect(replayed.objects[0]!.firingSeconds).toBeGreaterThanOrEqual(10);
    await monitor.stop();
  });

  it('refuses signals, and times that are too long', async () => {
    const figures = new ScriptedFigures(() => []);
    const parts = { figures: await figures.open(), clock: figures.clock, pause: () => Promise.resolve() };
    const range = { ...parts, fromSecond: start, toSecond: start + 60 };
    const signal = parseRule({ name: 'told', kind: 'signal', of: 'receiver' });
    await expect(backtest(signal, range)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(
      backtest(parseRule(ready), { ...range, toSecond: start + 90 * 86_400 }),
    ).rejects.toMatchObject({ code: 'bad-input' });
  });
});
