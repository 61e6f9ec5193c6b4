import { describe, expect, it } from 'vitest';
import type { Backtest, Replayed } from './answers.ts';
import { curvesOf, dataOf, marksOf, namesOf, spellsOf } from './replay.ts';

const labels = { engine: 'embedded', vhost: '/', queue: 'a' };
const object: Replayed = {
  labels,
  ...{ pending: [{ fromSecond: 40, toSecond: 60 }], firing: [{ fromSecond: 60 }], unknown: [] },
  ...{ pendingSeconds: 20, firingSeconds: 40, unknownSeconds: 0 },
};
const replay: Backtest = {
  ...{ rule: 'r', fromSecond: 0, toSecond: 100, stepSeconds: 10, objectsLookedAt: 2, leftOut: 0 },
  ...{ figure: 'f', unit: 'messages', level: 5, objects: [object] },
  notifications: { fired: 1, resolved: 0 },
  curves: [
    { labels, startSecond: 10, stepSeconds: 10, values: [1, null, 9] },
    { labels: { ...labels, queue: 'b' }, startSecond: 10, stepSeconds: 10, values: [0, 0, 0] },
  ],
};

describe('a back-test drawn', () => {
  it('has each stretch in time, and what holds at the end goes to it', () => {
    expect(spellsOf(object, 100)).toEqual([
      { tone: 'pending', fromSecond: 40, toSecond: 60, isOpen: false },
      { tone: 'firing', fromSecond: 60, toSecond: 100, isOpen: true },
    ]);
    expect(marksOf(replay, object)).toMatchObject({ levels: [5], bands: [{}, { toSecond: 100 }] });
    expect(marksOf(replay, undefined).bands).toEqual([]);
  });

  it('shows the figure of what was chosen, over the whole time', () => {
    const curves = curvesOf(replay, object);
    expect(curves).toHaveLength(1);
    expect(curvesOf(replay, undefined)).toHaveLength(2);
    expect(dataOf(replay, curves, 100)).toEqual({
      seconds: [10, 20, 30, 100],
      lines: [[1, null, 9, null]],
    });
    expect(dataOf(replay, curves, 3_600).seconds[0]).toBe(-3_500);
  });

  it('never gives two objects the same name', () => {
    const queue = (vhost: string, name: string) => ({ labels: { engine: 'e', vhost, queue: name } });
    expect(namesOf([queue('/', 'a'), queue('b', 'a'), queue('/', 'a'), { labels: { engine: 'e' } }])).toEqual(
      ['a', 'b · a', 'a (2)', 'e'],
    );
  });
});
