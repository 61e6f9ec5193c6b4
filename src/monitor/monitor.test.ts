import { describe, expect, it } from 'vitest';
import { SluiceError } from '../kernel/index.js';
import { SampleFrame, type Sample, type SampleSource } from './sample.js';
import { queueKind } from './catalogue.js';
import { QueueSource, type VhostFigures } from './sources/queue-source.js';
import { measuredWorld, queue, queueSource, readQueue, startSecond } from './testing/measured-world.js';

const columns = new SampleFrame(queueKind);
const readyColumn = columns.column('sluice_messages_ready');
const publishedColumn = columns.column('sluice_messages_published_total');

function failing(): SampleSource & { fails: boolean } {
  const inner = queueSource([queue('remote', { ready: 5, published: 50 })]);
  return {
    fails: false,
    name: 'remote',
    *observe() {
      if (this.fails) throw new SluiceError('connection-failed', 'the engine is away');
      yield* inner.observe();
    },
  };
}

function names(samples: Iterable<Sample>): string[] {
  return [...samples].map(({ labels }) => labels[2]!);
}

async function sumOf(
  world: Awaited<ReturnType<typeof measuredWorld>>,
  column: number,
): Promise<number | undefined> {
  let found: number | undefined;
  await world.monitor.sums('queue', ({ figures }) => (found = figures[column]));
  return found;
}

describe('Monitor', () => {
  it('keeps what it measures, and leaves unknown what is not told', async () => {
    const queues = [queue('a', { ready: 7, published: 100 }), queue('b', { ready: 0 })];
    const world = await measuredWorld([queueSource(queues)]);
    for (let second = 0; second < 4; second++) {
      await world.tick();
      queues[0] = { ...queues[0]!, published: queues[0]!.published! + 5 };
    }
    const ready = await readQueue(world.monitor, 'a', 'messages_ready');
    expect([...ready.points.last.subarray(0, 4)]).toEqual([7, 7, 7, 7]);
    const increments = await readQueue(world.monitor, 'a', 'messages_published_total');
    expect([...increments.points.weight.subarray(0, 4)]).toEqual([0, 1, 1, 1]);
    expect([...increments.points.sum.subarray(1, 4)]).toEqual([5, 5, 5]);
    const unknown = await readQueue(world.monitor, 'b', 'messages_published_total');
    expect([...unknown.points.weight]).not.toContain(1);
    expect(world.monitor.find('queue', ['embedded', '/', 'b'])![publishedColumn]).toBeNaN();
    await world.monitor.stop();
  });

  it('shows a measurement only when it is complete', async () => {
    const queues = [queue('a', { ready: 1 })];
    const seen: (string | number | undefined)[] = [];
    const { monitor, tick } = await measuredWorld([queueSource(queues)]);
    const peeking: SampleSource = {
      name: 'peeking',
      *observe(): Generator<Sample> {
        seen.push(monitor.second, ...names(monitor.latest('queue')));
      },
    };
    monitor.add(peeking);
    await tick();
    queues[0] = queue('b', { ready: 2 });
    await tick();
    expect(seen).toEqual([undefined, startSecond, 'a']);
    expect(names(monitor.latest('queue'))).toEqual(['b']);
    expect(monitor.second).toBe(startSecond + 1);
    expect(monitor.find('queue', ['embedded', '/', 'a'])).toBeUndefined();
    expect(monitor.find('queue', ['embedded', '/', 'b'])![readyColumn]).toBe(2);
    await monitor.stop();
  });

  it('leaves only the objects of a failed source unknown, and says so once', async () => {
    const remote = failing();
    const world = await measuredWorld([
      remote,
      new QueueSource({ engine: 'own', each: () => [queue('a', { published: 1 })] }),
    ]);
    await world.tick();
    remote.fails = true;
    await world.tick();
    await world.tick();
    expect(world.problems).toEqual(['remote: the engine is away']);
    expect(names(world.monitor.latest('queue'))).toEqual(['a']);
    expect(world.monitor.health.sources[0]).toMatchObject({ source: 'remote', failures: 2 });
    const age = world.monitor.find('measurement', ['remote'])![0];
    expect(age).toBe(2);
    await world.monitor.stop();
  });

  it('counts nothing twice when a source comes back', async () => {
    const remote = failing();
    const world = await measuredWorld([remote]);
    await world.tick();
    remote.fails = true;
    await world.tick();
    remote.fails = false;
    await world.tick();
    expect(await sumOf(world, publishedColumn)).toBe(50);
    await world.monitor.stop();
  });

  it('keeps in the sums what queues have counted that are gone', async () => {
    const queues = [queue('a', { ready: 1, published: 10 }), queue('b', { ready: 2, published: 5 })];
    const world = await measuredWorld([queueSource(queues)]);
    await world.tick();
    queues.shift();
    await world.tick();
    expect(await sumOf(world, publishedColumn)).toBe(15);
    expect(await sumOf(world, readyColumn)).toBe(2);
    queues.push(queue('a', { ready: 0, published: 1 }));
    await world.tick();
    expect(await sumOf(world, publishedColumn)).toBe(16);
    await world.monitor.stop();
  });

  it('takes what its source says of queues that are gone, and never falls', async () => {
    const nothing: VhostFigures['gone'] = {
      ...{ published: 0, delivered: 0, acknowledged: 0, redelivered: 0 },
      ...{ expired: 0, deadLettered: 0, dropped: 0 },
    };
    const vhosts = new Map<string, VhostFigures>();
    const tell = (published: number): void => {
      const gone = { ...nothing, published };
      vhosts.set('/', { gone, goneLatencies: undefined, returned: 0, lost: 0 });
    };
    tell(0);
    const queues = [queue('a', { ready: 3, published: 10 })];
    const source = new QueueSource({ engine: 'embedded', each: () => queues, vhosts: () => vhosts });
    const world = await measuredWorld([source]);
    await world.tick();
    tell(12);
    queues.shift();
    await world.tick();
    expect(await sumOf(world, publishedColumn)).toBe(12);
    expect(await sumOf(world, readyColumn)).toBe(0);
    tell(4);
    await world.tick();
    expect(await sumOf(world, publishedColumn)).toBe(12);
    await world.monitor.stop();
  });

  it('tells its listeners of each complete measurement, whatever one of them does', async () => {
    const world = await measuredWorld([]);
    const seconds: number[] = [];
    world.monitor.onMeasured(() => {
      throw new SluiceError('internal', 'a listener failed');
    });
    const stop = world.monitor.onMeasured((second) => seconds.push(second));
    await world.tick();
    await world.tick();
    stop();
    await world.tick();
    expect(seconds).toEqual([startSecond, startSecond + 1]);
    expect(world.problems).toContain('a listener failed');
    await world.monitor.stop();
  });

  it('measures when it is asked, where nothing is kept', async () => {
    let measured = 0;
    const source: SampleSource = {
      name: 'counting',
      *observe(): Generator<Sample> {
        measured++;
      },
    };
    const { monitor, clock } = await measuredWorld([source], { keeps: false });
    monitor.start();
    clock.advance(5_000);
    expect(measured).toBe(0);
    await Promise.all([monitor.refresh(), monitor.refresh()]);
    await monitor.refresh();
    expect(measured).toBe(1);
    clock.advance(1_000);
    await monitor.refresh();
    expect(measured).toBe(2);
    await expect(readQueue(monitor, 'a', 'messages_ready')).rejects.toMatchObject({ code: 'unsupported' });
    await monitor.stop();
  });
});
