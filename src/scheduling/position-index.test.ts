/** The index against a Map, and its memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PositionIndex } from './position-index.js';

describe('an index of positions', () => {
  it('finds what a map of sets finds, whatever is added and removed', () => {
    const step = fc.record({
      isAdded: fc.boolean(),
      hash: fc.integer({ min: 0, max: 40 }),
      pick: fc.nat(1_000),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 400 }),
        fc.integer({ min: 0, max: 2 ** 33 }),
        (steps, first) => {
          const index = new PositionIndex();
          const model = new Map<number, number>();
          let next = first;
          for (const { isAdded, hash, pick } of steps) {
            // Few buckets and hashes that differ in their upper bits alone.
            const spread = ((hash & 7) | ((hash >>> 3) << 28)) >>> 0;
            if (isAdded || model.size === 0) {
              index.add(spread, next);
              model.set(next, spread);
              next += 1 + (pick % 300);
            } else {
              const position = [...model.keys()][pick % model.size]!;
              expect(index.remove(position)).toBe(true);
              expect(index.remove(position)).toBe(false);
              model.delete(position);
            }
          }
          expect(index.size).toBe(model.size);
          for (const spread of new Set(model.values()))
            expect(index.find(spread)).toEqual(
              [...model].filter(([, hash]) => hash === spread).map(([position]) => position),
            );
          expect(index.find(0xffff_ffff)).toEqual([]);
        },
      ),
    );
  });

  it('takes at most 13 bytes a position when full, and gives them back', () => {
    const index = new PositionIndex();
    const count = 1 << 18;
    for (let position = 0; position < count; position++)
      index.add(Math.imul(position, 0x9e3779b1) >>> 0, position);
    expect(index.byteLength / count).toBeLessThanOrEqual(13);
    for (let position = 0; position < count; position++) index.remove(position);
    expect(index.byteLength).toBeLessThan(4_096);
  });
});
