import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { DestinationSet } from './destination-set.js';

describe('DestinationSet', () => {
  it('holds each destination once and as long as it is bound, few or many', () => {
    const random = seededRandom(9);
    const set = new DestinationSet<number>();
    const counts = new Map<number, number>();
    for (let round = 0; round < 4_000; round++) {
      const destination = random.integer(60);
      const count = counts.get(destination) ?? 0;
      // Swings between a few destinations and nearly all.
      if (random.next() < (round % 800 < 400 ? 0.7 : 0.25)) {
        set.add(destination);
        counts.set(destination, count + 1);
      } else if (count > 0) {
        set.remove(destination);
        if (count === 1) counts.delete(destination);
        else counts.set(destination, count - 1);
      }
      const found: number[] = [];
      set.collect({ add: (each) => found.push(each) });
      expect(found.sort()).toEqual([...counts.keys()].sort());
      expect(set.isEmpty).toBe(counts.size === 0);
    }
  });
});
