/** The ring of unconfirmed publishes against a list. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfirmRing } from './confirm-ring.js';

describe('the confirm ring', () => {
  it('confirms a range at once, and what needs no sync only after what does', () => {
    const ring = new ConfirmRing();
    ring.add(1, 10);
    ring.add(2, 11);
    ring.add(3, 0);
    expect(ring.settle(10)).toBe(1);
    expect(ring.confirmedTag).toBe(1);
    expect(ring.settle(10)).toBe(0);
    expect(ring.settle(11)).toBe(3);
    expect(ring.pending).toBe(false);
  });

  it('confirms at once what needs no sync', () => {
    const ring = new ConfirmRing();
    ring.add(1, 0);
    expect(ring.settle(0)).toBe(1);
  });

  it('says what a list would say', () => {
    const action = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 5 }), skip: fc.boolean() }),
      fc.record({ durable: fc.integer({ min: 0, max: 4 }) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
        const ring = new ConfirmRing();
        let list: { readonly tag: number; readonly sequence: number }[] = [];
        let tag = 0;
        let sequence = 0;
        let durable = 0;
        let last = 0;
        for (const one of actions) {
          if ('add' in one) {
            // A rejected publish takes a tag and never comes here.
            tag += one.skip ? 2 : 1;
            sequence += one.add;
            const waits = one.add === 0 ? 0 : sequence;
            ring.add(tag, waits);
            last = Math.max(list.length === 0 ? 0 : last, waits);
            list.push({ tag, sequence: last });
          } else {
            durable = Math.min(durable + one.durable, sequence);
            const covered = list.filter((entry) => entry.sequence <= durable);
            list = list.filter((entry) => entry.sequence > durable);
            expect(ring.settle(durable)).toBe(covered.at(-1)?.tag ?? 0);
          }
          expect(ring.pending).toBe(list.length > 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives its memory back after a burst', () => {
    const ring = new ConfirmRing();
    for (let tag = 1; tag <= 100_000; tag++) ring.add(tag, tag);
    expect(ring.settle(99_999)).toBe(99_999);
    expect(ring.pending).toBe(true);
    expect(ring.settle(100_000)).toBe(100_000);
    ring.add(100_001, 100_001);
    expect(ring.settle(100_001)).toBe(100_001);
  });
});
