import { describe, expect, it } from 'vitest';
import { readSeries, seriesNamed, stepFor } from './series-view.js';
import { measuredWorld, queue, queueSource, startSecond } from './testing/measured-world.js';

const labels = ['embedded', '/', 'a'];

describe('a series as it went', () => {
  it('tells a counter as its increase a second, a gauge as mean, least and greatest, gaps as null', async () => {
    const queues = [queue('a', { ready: 1, published: 0 })];
    const world = await measuredWorld([queueSource(queues)]);
    for (let second = 0; second < 6; second++) {
      if (second === 3) world.clock.advance(1_000);
      await world.tick();
      queues[0] = queue('a', { ready: queues[0]!.ready! * 2, published: queues[0]!.published! + 4 });
    }
    const times = { fromSecond: startSecond, toSecond: startSecond + 7, stepSeconds: 1 };
    const [rate] = await readSeries(world.monitor, { name: 'messages_published_total', labels, ...times });
    // Two seconds came to one measurement: four messages in them are two a second.
    expect(rate).toEqual({
      startSecond,
      stepSeconds: 1,
      isCoarser: false,
      values: [null, 4, 4, null, 2, 4, 4],
    });
    const [ready] = await readSeries(world.monitor, {
      name: 'messages_ready',
      labels,
      ...times,
      stepSeconds: 2,
    });
    expect(ready).toMatchObject({
      values: [1.5, 4, 12, 32],
      least: [1, 4, 8, 32],
      greatest: [2, 4, 16, 32],
    });
    expect(
      await readSeries(world.monitor, { name: 'messages_ready', labels: ['x', 'y', 'z'], ...times }),
    ).toEqual([]);
    await world.monitor.stop();
  });

  it('says where only coarser points reach back', async () => {
    const world = await measuredWorld([queueSource([queue('a', { ready: 3 })])]);
    await world.tick();
    world.clock.advance(3 * 3_600_000);
    for (let minute = 0; minute < 3; minute++) {
      await world.tick();
      world.clock.advance(60_000);
    }
    await world.monitor.stop();
    const reopened = await measuredWorld([], { disk: world.disk, clock: world.clock });
    const times = { fromSecond: startSecond - 60, toSecond: startSecond + 60, stepSeconds: 1 };
    const stretches = await readSeries(reopened.monitor, { name: 'messages_ready', labels, ...times });
    const known = stretches.filter(({ values }) => values.some((value) => value !== null));
    expect(known.map(({ isCoarser, stepSeconds }) => isCoarser === stepSeconds > 1)).not.toContain(false);
    expect(known.length).toBeGreaterThan(0);
    await reopened.monitor.stop();
  });

  it('finds a series by its short name, and none that is not there', () => {
    expect(seriesNamed('messages_ready')).toEqual(seriesNamed('sluice_messages_ready'));
    expect(() => seriesNamed('messages_redy')).toThrow(/no series messages_redy/);
  });

  it('chooses steps that keep to the points', () => {
    expect(stepFor(300, 400)).toBe(1);
    expect(stepFor(3_600, 400)).toBe(10);
    expect(stepFor(86_400, 400)).toBe(300);
    expect(stepFor(30 * 86_400, 400)).toBe(14_400);
  });
});
