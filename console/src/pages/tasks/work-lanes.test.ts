import { describe, expect, it } from 'vitest';
import { axisAround, connectionOf, lanesOf, placeOn, ticksOf } from './work-lanes.ts';

const nowMs = 1_790_000_000_000;
const iso = (afterMs: number): string => new Date(nowMs + afterMs).toISOString();

function consumer(connection: string, queue: string, limit?: number) {
  const figures: Record<string, number> =
    limit === undefined ? {} : { sluice_consumer_prefetch_limit: limit };
  return { labels: { consumer: `${connection} (3) tag`, queue }, figures };
}

function running(worker: string | undefined, sinceMs: number, more: object = {}) {
  return {
    ...{ queue: 'sluice.tasks.a', attempts: 0, since: iso(-sinceMs), ...more },
    ...(worker === undefined ? {} : { worker }),
  };
}

describe('the lanes of workers', () => {
  it('are those who have tasks and those who could, the busiest first', () => {
    const tasks = [running('busy', 100), running('busy', 50), running(undefined, 10)];
    const lanes = lanesOf(tasks, [
      ...[consumer('idle', 'sluice.tasks.a', 4), consumer('other', 'orders', 9)],
      ...[consumer('busy', 'sluice.tasks.a', 2), consumer('busy', 'sluice.tasks.b', 2)],
    ]);
    expect(lanes.map(({ worker, places, running: held }) => [worker, places, held.length])).toEqual([
      ['busy', 4, 2],
      [undefined, undefined, 1],
      ['idle', 4, 0],
    ]);
  });

  it('tell no places where one of its consumers has no limit', () => {
    for (const limits of [
      [undefined, 4],
      [4, undefined],
      [0, 4],
    ])
      expect(
        lanesOf(
          [],
          limits.map((limit) => consumer('c', 'sluice.tasks.a', limit)),
        )[0]!.places,
      ).toBeUndefined();
  });

  it('knows a connection by the name of its consumer, whatever is in it', () => {
    expect(connectionOf('127.0.0.1:4 -> 127.0.0.1:5 (12) amq.ctag-x')).toBe('127.0.0.1:4 -> 127.0.0.1:5');
    expect(connectionOf('a (1) b (2) c')).toBe('a (1) b');
    expect(connectionOf('embedded')).toBe('embedded');
  });
});

describe('the axis', () => {
  it('shows beginnings and expected ends, and not what is far off', () => {
    const near = axisAround([running('w', 800, { expectedEnd: iso(500), deadline: iso(600) })], nowMs);
    expect(near.toMs - near.fromMs).toBe(2_000);
    const far = axisAround([running('w', 800, { deadline: iso(3_600_000) })], nowMs);
    expect(far.toMs - far.fromMs).toBe(10_000);
    expect(axisAround([], nowMs).fromMs).toBeLessThan(nowMs);
  });

  it('places moments, those beyond it at its ends', () => {
    const axis = { fromMs: 0, toMs: 100 };
    expect([-5, 25, 500].map((ms) => placeOn(axis, ms))).toEqual([0, 0.25, 1]);
    expect(ticksOf(axis)).toEqual([0, 20, 40, 60, 80, 100]);
  });
});
