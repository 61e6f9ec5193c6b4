import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  outcome,
  step,
  unknownAfterSeconds,
  type Outcome,
  type Progress,
  type Transition,
} from './progress.js';

const everySecond = 5;
const timing = { forSeconds: 20, clearSeconds: 20 };

function run(seen: readonly Outcome[], given = timing): { at: number; transition: Transition }[] {
  let progress: Progress | undefined;
  return seen.flatMap((each, index) => {
    const stepped = step(progress, each, index * everySecond, given);
    progress = stepped.progress;
    const { transition } = stepped;
    return transition === undefined ? [] : [{ at: index * everySecond, transition }];
  });
}

const { unknown, clears, between, fires } = outcome;
const anyOutcome = fc.constantFrom<Outcome>(unknown, clears, between, fires);

describe('progress of a rule', () => {
  it('fires once the condition was seen to hold for exactly so long', () => {
    expect(run([fires, fires, fires, fires, fires, fires])).toEqual([
      { at: 0, transition: 'pending' },
      { at: 20, transition: 'fired' },
    ]);
    expect(run([fires, fires, fires, fires, clears])).toEqual([
      { at: 0, transition: 'pending' },
      { at: 20, transition: 'cancelled' },
    ]);
  });

  it('counts no time in which nothing was known', () => {
    const seen = [fires, fires, unknown, unknown, unknown, fires, fires, fires, fires];
    expect(run(seen).at(-1)).toEqual({ at: 40, transition: 'fired' });
  });

  it('tells that a firing alert is unknown, and ends it only on figures', () => {
    const silent = Array<Outcome>(200).fill(unknown);
    const changes = run([fires, ...silent, clears, clears], { forSeconds: 0, clearSeconds: 0 });
    expect(changes).toEqual([
      { at: 0, transition: 'fired' },
      { at: unknownAfterSeconds, transition: 'unknown' },
      { at: 1_005, transition: 'resolved' },
    ]);
  });

  it('begins to count anew what is over when figures were missing', () => {
    const seen = [fires, clears, clears, clears, unknown, clears, clears, clears, clears, clears];
    expect(run(seen, { forSeconds: 0, clearSeconds: 20 })).toEqual([
      { at: 0, transition: 'fired' },
      { at: 45, transition: 'resolved' },
    ]);
  });

  it('never fires or ends at an unknown figure', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 100 }), (seen) => {
        for (const { at, transition } of run(seen)) {
          if (seen[at / everySecond] !== unknown) continue;
          expect(transition).toBe('unknown');
        }
      }),
    );
  });

  it('never flaps inside the band', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Outcome>(between, unknown), { maxLength: 100 }), (band) => {
        const changes = run([fires, fires, fires, fires, fires, ...band]);
        const told = changes.map(({ transition }) => transition);
        expect(told.filter((each) => each === 'fired')).toHaveLength(1);
        expect(told).not.toContain('resolved');
      }),
    );
  });

  it('fires only after the condition held for all of `for`, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 100 }), (seen) => {
        const changes = run(seen);
        for (const { at } of changes.filter(({ transition }) => transition === 'fired')) {
          let [held, index] = [0, at / everySecond];
          for (; index > 0 && (seen[index] === fires || seen[index] === unknown); index--)
            if (seen[index] === fires && seen[index - 1] === fires) held += everySecond;
          expect(held).toBeGreaterThanOrEqual(timing.forSeconds);
        }
      }),
    );
  });

  it('goes on after a restart as if there had been none, but for the gap', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { minLength: 1, maxLength: 60 }), fc.nat(59), (seen, cut) => {
        let progress: Progress | undefined;
        let copied: Progress | undefined;
        seen.forEach((each, index) => {
          if (index === cut && copied !== undefined) copied = JSON.parse(JSON.stringify(copied)) as Progress;
          progress = step(progress, each, index * everySecond, timing).progress;
          copied = step(copied, each, index * everySecond, timing).progress;
          expect(copied).toEqual(progress);
        });
      }),
    );
  });
});
