import { describe, expect, it } from 'vitest';
import { catalogue, SampleFrame, seriesOf, type Sample } from '../../monitor/index.js';
import { seededRandom, type Random } from '../../kernel/index.js';
import { Diagnosis } from './diagnosis.js';

const start = 1_700_000_000;
const kinds = ['queue', 'consumer', 'engine', 'node', 'alarm', 'partition', 'partition_group'];
const told = catalogue.filter(({ name }) => kinds.includes(name));

/** Objects whose figures stand, drift, jump, vanish and begin anew, whole objects too. */
class Weather {
  readonly #random: Random;
  readonly #samples = new Map<string, Sample[]>();
  #isOut = new Set<Sample>();

  constructor(random: Random, objects: number) {
    this.#random = random;
    for (const kind of told) {
      const samples = Array.from({ length: objects }, (_, each): Sample => {
        const labels = kind.labels.map((label) =>
          label === 'engine' ? 'embedded' : `${label}-${each >> 1}`,
        );
        if (kind.name !== 'queue') labels[labels.length - 1] = `own-${each}`;
        const { figures } = new SampleFrame(kind);
        return { kind: kind.name, labels, figures };
      });
      this.#samples.set(kind.name, samples);
    }
  }

  step(): void {
    const random = this.#random;
    for (const kind of told)
      for (const sample of this.#samples.get(kind.name)!) {
        if (random.next() < 0.02) this.#isOut.add(sample);
        if (random.next() < 0.1) this.#isOut.delete(sample);
        const isIdle = random.next() < 0.5;
        seriesOf(kind).forEach((series, column) => {
          if (!isIdle)
            sample.figures[column] = this.#next(sample.figures[column]!, series.kind === 'counter');
        });
      }
  }

  #next(before: number, isCounter: boolean): number {
    const [dice, random] = [this.#random.next(), this.#random];
    if (Number.isNaN(before) || dice < 0.02) return dice < 0.005 ? NaN : random.integer(30);
    if (isCounter) return dice < 0.4 ? before : before + random.integer(dice < 0.5 ? 500 : 60);
    if (dice < 0.6) return before;
    return dice < 0.7 ? random.next() : Math.max(0, before + random.integer(41) - 20);
  }

  *latest(kind: string): Generator<Sample> {
    for (const sample of this.#samples.get(kind) ?? []) if (!this.#isOut.has(sample)) yield sample;
  }
}

const found = ({ suspicions }: Diagnosis): string[] =>
  suspicions
    .map(({ signature, subject, sinceSecond }) => JSON.stringify([signature, subject.labels, sinceSecond]))
    .sort();

describe('the screen', () => {
  it.each([1, 2])('finds as much as a look at each object alone (seed %i)', (seed) => {
    const weather = new Weather(seededRandom(seed), 140);
    const [screened, alone] = [new Diagnosis(), new Diagnosis(undefined, false)];
    const seen = new Set<string>();
    for (let second = start; second < start + 700; second += 5) {
      weather.step();
      screened.observe(weather, second);
      alone.observe(weather, second);
      expect(found(screened), `seed ${seed}, second ${second - start}`).toEqual(found(alone));
      for (const { signature } of alone.suspicions) seen.add(signature);
    }
    expect(screened.diagnose()).toEqual(alone.diagnose());
    // The figures are wild enough to bring many faults about.
    expect(seen.size).toBeGreaterThan(10);
  });
});
