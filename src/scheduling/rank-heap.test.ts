import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { HeapPages } from './heap-pages.js';
import { RankHeap } from './rank-heap.js';

interface Entry {
  readonly rank: number;
  readonly position: number;
}

/** The obvious heap: a sorted array. */
class SortedModel {
  entries: Entry[] = [];

  push(rank: number, position: number): void {
    this.entries.push({ rank, position });
    this.entries.sort((left, right) =>
      left.rank === right.rank ? left.position - right.position : left.rank < right.rank ? -1 : 1,
    );
  }
}

describe('RankHeap', () => {
  it('answers as a sorted array does, through pushes, pops, deaths and clearing', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('push' as const),
        rank: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Infinity)),
      }),
      fc.record({
        kind: fc.constantFrom('pop' as const, 'kill' as const, 'compact' as const),
        pick: fc.nat(),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const model = new SortedModel();
        const heap = new RankHeap((position) => model.entries.some((entry) => entry.position === position));
        let position = 0;
        for (const action of steps) {
          if (action.kind === 'push') {
            heap.push(action.rank, position);
            model.push(action.rank, position++);
          } else if (action.kind === 'pop') {
            expect(heap.pop()).toBe(model.entries.shift()?.position ?? -1);
          } else if (action.kind === 'kill' && model.entries.length > 0) {
            model.entries.splice(action.pick % model.entries.length, 1);
            heap.noteDead();
          } else {
            heap.compact(action.pick % 10);
          }
          expect(heap.peek()).toBe(model.entries[0]?.position ?? -1);
          expect(heap.peekRank()).toBe(model.entries[0]?.rank);
        }
      }),
    );
  });

  it('clears the dead when they outnumber the living, and keeps the order of the living', () => {
    const random = seededRandom(7);
    const alive = new Set<number>();
    const ranks = new Map<number, number>();
    const heap = new RankHeap((position) => alive.has(position));
    const total = 40_000;
    for (let position = 0; position < total; position++) {
      const rank = random.integer(500);
      ranks.set(position, rank);
      alive.add(position);
      heap.push(rank, position);
    }
    const fullBytes = heap.byteLength;
    for (let position = 0; position < total; position++) {
      if (position % 10 === 0) continue;
      alive.delete(position);
      heap.noteDead();
      // Deliveries go on while the dead are being cleared.
      if (position % 1_000 === 1) {
        const first = heap.pop();
        const best = [...alive].reduce((one, other) => (ranks.get(other)! < ranks.get(one)! ? other : one));
        expect(first).toBe(best);
        heap.push(ranks.get(first)!, first);
      }
    }
    expect(heap.size).toBeLessThan(total / 4);
    expect(heap.byteLength).toBeLessThan(fullBytes / 2);
    const expected = [...alive].sort((left, right) => ranks.get(left)! - ranks.get(right)! || left - right);
    const drained = expected.map(() => heap.pop());
    expect(drained).toEqual(expected);
    expect(heap.pop()).toBe(-1);
  });

  it('forgets everything when cleared', () => {
    const heap = new RankHeap();
    heap.push(1, 1);
    heap.clear();
    expect([heap.size, heap.peek(), heap.peekRank()]).toEqual([0, -1, undefined]);
  });
});

describe('HeapPages', () => {
  it('spends 16 bytes an entry, a page at a time, and gives pages back', () => {
    const heap = new HeapPages();
    const total = 100_000;
    let isRight = true;
    let bytesOver = 0;
    for (let position = 0; position < total; position++) {
      heap.push(total - position, position);
      if (position > 4_096) bytesOver = Math.max(bytesOver, heap.byteLength - position * 16);
    }
    for (let position = total - 1; position >= 0; position--) {
      isRight &&= heap.topPosition === position;
      heap.pop();
      if (position > 4_096) bytesOver = Math.max(bytesOver, heap.byteLength - position * 16);
    }
    expect(isRight).toBe(true);
    expect(bytesOver).toBeLessThanOrEqual(3 * 65_536);
    expect(heap.byteLength).toBeLessThanOrEqual(256);
  });
});
