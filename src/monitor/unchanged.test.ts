/** What stands as before is not taken in again: measurements with revisions against the same without, over random lives. */
import { expect, it } from 'vitest';
import { seededRandom, type Random } from '../kernel/index.js';
import { queueKind } from './catalogue.js';
import { seriesOf } from './metric.js';
import { SampleFrame, type Sample, type SampleSource } from './sample.js';
import { measuredWorld, startSecond } from './testing/measured-world.js';

const series = seriesOf(queueKind);
const seconds = 75;
const names = ['a', 'b', 'c', 'd', 'e', 'f'];

interface Thing {
  readonly name: string;
  figures: Float64Array;
  revision: number;
  isThere: boolean;
}

/** Objects that mostly stand still, come, go and come back, some with figures that are unknown. */
class Life {
  readonly #random: Random;
  readonly things: Thing[];
  #revision = 0;
  #isFailing = false;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.things = names.map((name) => ({
      ...{ name, isThere: true, revision: 0 },
      figures: new SampleFrame(queueKind).figures,
    }));
    for (const thing of this.things) this.#change(thing);
  }

  step(): void {
    this.#isFailing = this.#random.integer(12) === 0;
    for (const thing of this.things) {
      const [turn, whether] = [this.#random.integer(20), this.#random.integer(2)];
      if (turn < 4) this.#change(thing);
      else if (turn === 4) thing.isThere = whether === 0;
    }
  }

  #change(thing: Thing): void {
    const isNew = this.#random.integer(6) === 0;
    thing.revision = this.#random.integer(4) === 0 ? 0 : ++this.#revision;
    for (const [column, { kind }] of series.entries()) {
      const before = thing.figures[column]!;
      const from = kind === 'gauge' || isNew || Number.isNaN(before) ? 0 : before;
      const grows = this.#random.integer(3) === 0;
      thing.figures[column] =
        this.#random.integer(9) === 0 ? NaN : from + (grows ? this.#random.integer(50) : 0);
    }
  }

  /** `tells` false: as a source that knows nothing of revisions. */
  source(tells: boolean): SampleSource {
    return { name: 'life', observe: () => this.#samples(tells) };
  }

  *#samples(tells: boolean): Generator<Sample> {
    for (const { name, figures, revision, isThere } of this.things) {
      if (!isThere) continue;
      yield { kind: 'queue', labels: ['x', '/', name], figures, revision: tells ? revision : 0 };
      if (this.#isFailing && name === 'c') throw new TypeError('away');
    }
  }
}

type World = Awaited<ReturnType<typeof measuredWorld>>;

function shown({ monitor }: World): unknown {
  return [...monitor.latest('queue')].map(({ labels, figures }) => [labels[2], [...figures]]);
}

async function kept({ monitor }: World, name: string): Promise<unknown> {
  const stretches = await Promise.all(
    series.flatMap(({ id }) =>
      [1, 10, 60].map((stepSeconds) =>
        monitor.select({
          ...{ kind: 'queue', labels: ['x', '/', name], series: id, stepSeconds },
          ...{ fromSecond: startSecond, toSecond: startSecond + seconds + 60 },
        }),
      ),
    ),
  );
  return stretches;
}

it.each([1, 2, 3, 4])('is shown and kept as if it had been measured anew (seed %i)', async (seed) => {
  const life = new Life(seed);
  const worlds = [await measuredWorld([life.source(true)]), await measuredWorld([life.source(false)])];
  const random = seededRandom(seed);
  for (let second = 0; second < seconds; second++) {
    const isMissed = random.integer(15) === 0;
    for (const { tick, clock } of worlds) {
      if (isMissed) clock.advance(1_000);
      else await tick();
    }
    expect(shown(worlds[0]!)).toEqual(shown(worlds[1]!));
    life.step();
  }
  for (const name of names) expect(await kept(worlds[0]!, name)).toEqual(await kept(worlds[1]!, name));
  for (const { monitor } of worlds) await monitor.stop();
  for (const name of names) expect(await kept(worlds[0]!, name)).toEqual(await kept(worlds[1]!, name));
});

it('does not ask for figures that it has', async () => {
  let asked = 0;
  const { figures } = new SampleFrame(queueKind);
  const source: SampleSource = {
    name: 'still',
    *observe(): Generator<Sample> {
      yield {
        ...{ kind: 'queue', labels: ['x', '/', 'a'], revision: 7 },
        get figures() {
          asked++;
          return figures;
        },
      };
    },
  };
  const { monitor, tick } = await measuredWorld([source]);
  await tick();
  const askedAtFirst = asked;
  for (let second = 0; second < 20; second++) await tick();
  // Once each: by the newest measurement, by recent rates, and by history.
  expect([askedAtFirst, asked]).toEqual([3, 3]);
  await monitor.stop();
});
