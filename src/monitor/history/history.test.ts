import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, type Random } from '../../kernel/index.js';
import { modelSeries, openHistory, pointOf, World } from '../testing/history-model.js';
import type { History, Stretch } from './index.js';

const start = 1_700_000_003;

function diskOf(random: Random): SimulatedDisk {
  return new SimulatedDisk({ random });
}

/** Seconds of a life, some of them left out. */
async function live(
  world: World,
  history: History,
  span: { readonly from: number; readonly to: number },
  random: Random,
): Promise<void> {
  for (let second = span.from; second < span.to; second++) {
    if (random.next() < 0.02) second += random.integer(random.next() < 0.2 ? 90 : 6);
    if (second < span.to) await world.tick(history, second);
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Compares every point of every series with the model; counters keep their increments alone. */
async function compare(
  world: World,
  history: History,
  range: Range,
  mayMissFrom = Infinity,
): Promise<number> {
  let known = 0;
  for (const object of world.objects) {
    for (const [column, { id, kind }] of modelSeries.entries()) {
      const selection = { fromSecond: range.from, toSecond: range.to, stepSeconds: range.step };
      const stretches = await history.select({
        kind: 'queue',
        labels: object.labels,
        series: id,
        ...selection,
      });
      for (const stretch of stretches) {
        for (let at = 0; at < stretch.points.capacity; at++) {
          const from = stretch.startSecond + at * stretch.stepSeconds;
          const found = pointOf(stretch, at);
          const model = world.expected(object, column, from, from + stretch.stepSeconds);
          if (found !== undefined) known++;
          if (from + stretch.stepSeconds > mayMissFrom && found?.weight !== model?.weight) continue;
          const where = `${object.labels[1]!} ${column} at ${from - start} step ${stretch.stepSeconds}`;
          const parts =
            kind === 'counter'
              ? (['weight', 'sum'] as const)
              : (['weight', 'sum', 'last', 'min', 'max'] as const);
          const seen = (point: typeof model): unknown => point && parts.map((part) => point[part]);
          if (String(seen(found)) !== String(seen(model)))
            expect({ where, point: seen(found) }).toEqual({ where, point: seen(model) });
        }
      }
    }
  }
  return known;
}

const seeds = Array.from({ length: 4 }, (_, seed) => seed + 1);

describe('History', () => {
  it.each(seeds)('tells at every step what was measured, gaps and resets in it (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const history = await openHistory(diskOf(random));
    const world = new World(random, 1 + random.integer(50));
    const end = start + 400 + random.integer(900);
    await live(world, history, { from: start, to: end }, random);
    await history.settled();
    const minute = start - (start % 60);
    for (const step of [1, 10, 60, 30, 120, 3_600])
      expect(await compare(world, history, { from: minute, to: end, step })).toBeGreaterThan(0);
    expect(await compare(world, history, { from: end - 100, to: end - 37, step: 1 })).toBeGreaterThan(0);
    await history.close();
    expect(history.health).toMatchObject({ lostBlocks: 0, damagedReads: 0, lastProblem: undefined });
  });

  it.each(seeds)('knows after a restart what it knew before (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const disk = diskOf(random);
    const world = new World(random, 40);
    let second = start;
    for (let run = 0; run < 4; run++) {
      const history = await openHistory(disk);
      const to = second + 100 + random.integer(300);
      await live(world, history, { from: second, to }, random);
      await history.close();
      world.restart();
      second = to + random.integer(40);
    }
    const again = await openHistory(disk);
    for (const step of [1, 60]) await compare(world, again, { from: start - (start % 60), to: second, step });
    await again.close();
  });

  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'loses no more than the newest minute to a power loss, and never tells anything wrong (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const disk = diskOf(random);
      const world = new World(random, 8);
      disk.crashAt({ nth: 1 + random.integer(250) });
      let reached = start;
      const life = (async (): Promise<void> => {
        const history = await openHistory(disk);
        for (let second = start; second < start + 1_500; second++) {
          await world.tick(history, second);
          reached = second;
        }
        disk.crash();
      })();
      await Promise.race([disk.stopped, life]);
      const history = await openHistory(disk.crash());
      const surelyStored = Math.max(start, reached - (reached % 60) - 60);
      await compare(world, history, { from: start, to: start + 1_500, step: 1 }, surelyStored);
      const later = { from: start + 2_000, to: start + 2_100, step: 1 };
      const others = new World(random, 8, 'other');
      await live(others, history, later, random);
      expect(await compare(others, history, later)).toBeGreaterThan(0);
      await history.close();
    },
  );

  it('goes on in a new file when the disk fails, and the time between is unknown', async () => {
    const random = seededRandom(1);
    const disk = diskOf(random);
    const history = await openHistory(disk);
    const world = new World(random, 3);
    await live(world, history, { from: start, to: start + 100 }, seededRandom(9));
    disk.failAt({ kind: 'write', nth: 1, code: 'ENOSPC' });
    await live(world, history, { from: start + 100, to: start + 160 }, seededRandom(9));
    expect(history.health.lostBlocks).toBeGreaterThan(0);
    expect(history.health.lastProblem).toContain('ENOSPC');
    await live(world, history, { from: start + 160, to: start + 300 }, seededRandom(9));
    await compare(world, history, { from: start + 160, to: start + 300, step: 1 });
    await history.close();
  });

  it('keeps within its budget, and says what it gave up', async () => {
    const random = seededRandom(3);
    const history = await openHistory(diskOf(random), 60_000);
    const world = new World(random, 30);
    await live(world, history, { from: start, to: start + 3_000 }, random);
    await history.settled();
    const coverage = history.coverage();
    expect(coverage.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(120_000);
    expect(coverage[0]!.droppedFiles).toBeGreaterThan(0);
    const range = { from: start - (start % 60) + 60, to: start + 3_000, step: 1 };
    const stretches: readonly Stretch[] = await history.select({
      kind: 'queue',
      labels: world.objects[0]!.labels,
      series: modelSeries[1]!.id,
      fromSecond: range.from,
      toSecond: range.to,
      stepSeconds: 1,
    });
    expect(stretches[0]!.stepSeconds).toBeGreaterThan(1);
    expect(stretches.at(-1)!.stepSeconds).toBe(1);
    await compare(world, history, range);
    await history.close();
  });

  it('makes damaged points unknown, never wrong', async () => {
    const random = seededRandom(4);
    const disk = diskOf(random);
    const world = new World(random, 40);
    const history = await openHistory(disk);
    await live(world, history, { from: start, to: start + 500 }, random);
    await history.close();
    for (const name of await disk.list('/history')) {
      const { length } = disk.contentOf(`/history/${name}`);
      for (let flip = 0; flip < 5; flip++)
        disk.flipBit(`/history/${name}`, random.integer(length), random.integer(8));
    }
    const again = await openHistory(disk);
    await compare(world, again, { from: start, to: start + 500, step: 1 }, -Infinity);
    await again.close();
  });

  it('does not take an object that was away for a count that began anew', async () => {
    const history = await openHistory(diskOf(seededRandom(1)));
    const [published] = modelSeries;
    const away = ['/', 'away'];
    const other = ['/', 'other'];
    for (let second = start; second < start + 600; second++) {
      await history.begin(second);
      const figures = Float64Array.of(1_000_000 + second - start, 5, NaN);
      history.measure({ kind: 'queue', labels: other, figures });
      if (second < start + 50 || second >= start + 500)
        history.measure({ kind: 'queue', labels: away, figures });
      await history.end();
    }
    const all = { kind: 'queue', series: published!.id, fromSecond: start, toSecond: start + 600 };
    const [stretch] = await history.select({ ...all, labels: away, stepSeconds: 1 });
    const sums = [...stretch!.points.sum];
    expect(Math.max(...sums)).toBe(1);
    expect(stretch!.points.weight.indexOf(0, 50)).toBe(50);
    const [counted] = await history.select({ ...all, labels: other, stepSeconds: 1 });
    expect(counted!.points.sum.reduce((sum, each) => sum + each, 0)).toBe(599);
    await history.close();
  });

  it('serves the first seconds of its life in every step, from the finest that knows them', async () => {
    const history = await openHistory(diskOf(seededRandom(1)));
    const begun = start - (start % 60) + 13;
    for (let second = begun; second < begun + 130; second++) {
      await history.begin(second);
      history.measure({ kind: 'queue', labels: ['/', 'first'], figures: Float64Array.of(second, 5, NaN) });
      await history.end();
      await history.settled();
      const known = second - begun + 1;
      for (const stepSeconds of [1, 10, 60]) {
        const selection = { kind: 'queue', labels: ['/', 'first'], series: modelSeries[1]!.id, stepSeconds };
        for (const before of [0, 25, 600, 86_400 / 5]) {
          const range = { fromSecond: begun - before, toSecond: second + 1 };
          const stretches = await history.select({ ...selection, ...range });
          const weights = stretches.flatMap(({ points }) => [...points.weight]);
          const measured = weights.reduce((sum, each) => sum + each, 0);
          expect(measured, `${known} s, step ${stepSeconds}, from ${before} s before`).toBe(known);
        }
      }
    }
    await history.close();
  });

  it('refuses more points than it gives, and has none of what it does not know', async () => {
    const history = await openHistory(diskOf(seededRandom(1)));
    const nothing = { kind: 'queue', labels: ['/', 'none'], series: 8, fromSecond: 0, stepSeconds: 1 };
    await expect(history.select({ ...nothing, toSecond: 1e6 })).rejects.toMatchObject({ code: 'bad-input' });
    expect(await history.select({ ...nothing, toSecond: 100 })).toEqual([]);
    await history.close();
  });

  it('refuses objects beyond its limit', async () => {
    const history = await openHistory(diskOf(seededRandom(1)), 2 ** 20, 3);
    await history.begin(start);
    const figures = new Float64Array(modelSeries.length);
    const taken = [1, 2, 3, 4, 5].map((number) =>
      history.measure({ kind: 'queue', labels: ['/', String(number)], figures }),
    );
    expect(taken).toEqual([true, true, true, false, false]);
    expect(history.measure({ kind: 'queue', labels: ['/', '2'], figures })).toBe(true);
    expect(history.health.refusedObjects).toBe(2);
    await history.close();
  });
});
