import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk, SluiceError } from '../kernel/index.js';
import { queueKind } from './catalogue.js';
import { History, type Stretch } from './history/index.js';
import { seriesOf } from './metric.js';
import { QueueSource, type QueueFigures } from './queue-source.js';
import { figureOf, SampleFrame, type Sample, type SampleSource } from './sample.js';
import { Sampler } from './sampler.js';

const startMs = 1_700_000_000_000;
const startSecond = startMs / 1_000;
const series = seriesOf(queueKind);

function queue(name: string, known: Partial<QueueFigures>): QueueFigures {
  const unknown = Object.fromEntries(
    ['ready', 'unacknowledged', 'delayed', 'gated', 'held', 'bytes', 'consumers', 'published', 'delivered']
      .concat(['acknowledged', 'redelivered', 'expired', 'deadLettered', 'dropped'])
      .map((figure) => [figure, undefined]),
  );
  return { ...(unknown as unknown as QueueFigures), vhost: '/', name, ...known };
}

async function stage(sources: readonly SampleSource[]): Promise<{
  clock: FakeClock;
  history: History;
  sampler: Sampler;
  problems: string[];
}> {
  const clock = new FakeClock(startMs);
  const pause = (): Promise<void> => Promise.resolve();
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  const history = await History.open({ disk, directory: '/history', clock, pause, kinds: [queueKind] });
  const problems: string[] = [];
  const onProblem = (problem: string): void => void problems.push(problem);
  return { clock, history, sampler: new Sampler({ clock, pause, history, sources, onProblem }), problems };
}

async function read(history: History, name: string, short: string): Promise<Stretch> {
  const { id } = series.find((each) => each.name === `sluice_${short}`)!;
  const times = { fromSecond: startSecond, toSecond: startSecond + 10, stepSeconds: 1 };
  const [stretch] = await history.select({
    kind: 'queue',
    labels: ['embedded', '/', name],
    series: id,
    ...times,
  });
  return stretch!;
}

describe('Sampler', () => {
  it('measures queues, and leaves unknown what their engine does not tell', async () => {
    let published = 100;
    const source = new QueueSource('embedded', () => [
      queue('a', { ready: 7, published }),
      queue('b', { ready: 0 }),
    ]);
    const { clock, history, sampler } = await stage([source]);
    for (let second = 0; second < 4; second++) {
      await sampler.runOnce();
      await sampler.runOnce();
      published += 5;
      clock.advance(1_000);
    }
    const ready = await read(history, 'a', 'messages_ready');
    expect([...ready.points.last.subarray(0, 4)]).toEqual([7, 7, 7, 7]);
    const increments = await read(history, 'a', 'messages_published_total');
    expect([...increments.points.weight.subarray(0, 4)]).toEqual([0, 1, 1, 1]);
    expect([...increments.points.sum.subarray(1, 4)]).toEqual([5, 5, 5]);
    const unknown = await read(history, 'b', 'messages_published_total');
    expect([...unknown.points.weight]).not.toContain(1);
    expect((await read(history, 'b', 'messages_ready')).points.weight[2]).toBe(1);
    await history.close();
  });

  it('leaves only the objects of a failed source unknown', async () => {
    const failing: SampleSource = {
      observe: () => {
        throw new SluiceError('connection-failed', 'the engine is away');
      },
    };
    const source = new QueueSource('embedded', () => [queue('a', { ready: 1 })]);
    const { history, sampler, problems } = await stage([failing, source]);
    await sampler.runOnce();
    expect(problems).toEqual(['the engine is away']);
    expect((await read(history, 'a', 'messages_ready')).points.weight[0]).toBe(1);
    await history.close();
  });

  it('runs at every second between start and stop', async () => {
    let observed = 0;
    const told: (() => void)[] = [];
    const source: SampleSource = {
      *observe(): Generator<Sample> {
        observed++;
        told.shift()?.();
      },
    };
    const { clock, history, sampler } = await stage([source]);
    await sampler.stop();
    sampler.start();
    sampler.start();
    for (let second = 1; second <= 3; second++) {
      const seen = new Promise<void>((resolve) => told.push(resolve));
      clock.advance(clock.nextTimerMs - clock.now());
      await seen;
      // The next timer is set once this measurement has ended.
      while (clock.nextTimerMs === Infinity) await Promise.resolve();
      expect(observed).toBe(second);
    }
    await sampler.stop();
    await sampler.stop();
    clock.advance(10_000);
    expect(observed).toBe(3);
    await history.close();
  });
});

describe('a sample', () => {
  it('tells an unknown figure as absence', () => {
    const frame = new SampleFrame(queueKind);
    const sample = { kind: 'queue', labels: [], figures: frame.figures };
    const column = frame.column('sluice_messages_ready');
    expect(figureOf(sample, column)).toBeUndefined();
    frame.figures[column] = 0;
    expect(figureOf(sample, column)).toBe(0);
    frame.clear();
    expect(figureOf(sample, column)).toBeUndefined();
    expect(figureOf(sample, frame.column('no such'))).toBeUndefined();
  });
});
