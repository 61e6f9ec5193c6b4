import { describe, expect, it } from 'vitest';
import { queueKind } from './catalogue.js';
import { RecentRates } from './recent-rates.js';
import { SampleFrame } from './sample.js';

const frame = new SampleFrame(queueKind);
const [published, ready] = ['messages_published_total', 'messages_ready'].map((name) =>
  frame.column(`sluice_${name}`),
) as [number, number];

function labelsOf(queue: string): string[] {
  return ['embedded', '/', queue];
}

/** Takes one measurement: how much each queue has published. */
function take(rates: RecentRates, second: number, queues: Readonly<Record<string, number>>): void {
  rates.begin(second);
  for (const [name, count] of Object.entries(queues)) {
    frame.clear();
    frame.figures[published] = count;
    rates.measure({ kind: 'queue', labels: labelsOf(name), figures: frame.figures });
  }
  rates.complete();
}

describe('RecentRates', () => {
  it('tells what grew a second between the last two readings', () => {
    const rates = new RecentRates(queueKind);
    take(rates, 100, { a: 10, b: 0 });
    expect(rates.rateOf(labelsOf('a'), published)).toBeUndefined();
    take(rates, 103, { a: 1_000, b: 1_000 });
    expect(rates.rateOf(labelsOf('a'), published)).toBeUndefined();
    take(rates, 105, { a: 60, b: 0 });
    expect(rates.rateOf(labelsOf('a'), published)).toBe(10);
    expect(rates.rateOf(labelsOf('b'), published)).toBe(0);
    take(rates, 110, { a: 65, b: 5 });
    expect(rates.rateOf(labelsOf('a'), published)).toBe(1);
    expect(rates.rateOf(labelsOf('a'), ready)).toBeUndefined();
  });

  it('leaves unknown what is new, gone, began anew or was not told', () => {
    const rates = new RecentRates(queueKind);
    take(rates, 5, { gone: 1, again: 100, untold: 1 });
    take(rates, 10, { fresh: 7, again: 3, untold: NaN });
    for (const name of ['gone', 'fresh', 'again', 'untold', 'never'])
      expect(rates.rateOf(labelsOf(name), published), name).toBeUndefined();
  });

  it('does not read the figures of what stands as before', () => {
    const rates = new RecentRates(queueKind);
    let reads = 0;
    const read = (second: number, revision: number, count: number): void => {
      rates.begin(second);
      rates.measure({
        ...{ kind: 'queue', labels: labelsOf('a'), revision },
        get figures() {
          reads++;
          frame.clear();
          frame.figures[published] = count;
          return frame.figures;
        },
      });
      rates.complete();
    };
    read(5, 3, 10);
    read(10, 3, 10);
    expect(reads).toBe(1);
    expect(rates.rateOf(labelsOf('a'), published)).toBe(0);
    read(15, 4, 60);
    expect(rates.rateOf(labelsOf('a'), published)).toBe(10);
  });

  it('gives the place of what is gone to others, without its figures', () => {
    const rates = new RecentRates(queueKind);
    for (let round = 1; round < 60; round++) {
      take(rates, round * 5, { [`q${round}`]: round * 100, [`q${round - 1}`]: round * 100 + 50 });
      if (round === 1) continue;
      const grown = rates.rateOf(labelsOf(`q${round - 1}`), published);
      expect(grown, String(round)).toBe(30);
      expect(rates.rateOf(labelsOf(`q${round}`), published)).toBeUndefined();
    }
  });
});
