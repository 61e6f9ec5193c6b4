import { describe, expect, it } from 'vitest';
import { isInForce, isMoving, progressOf, toneOf } from './run-state.ts';

describe('a remedy that was applied', () => {
  it('moves until its check has ended, and shows how far that is', () => {
    const applied = { state: { kind: 'applied', sinceMs: 1_000, checkUntilMs: 11_000 } } as const;
    expect(progressOf(applied, 0)).toBe(0);
    expect(progressOf(applied, 6_000)).toBe(0.5);
    expect(progressOf(applied, 60_000)).toBe(1);
    expect(isMoving(applied) && isInForce(applied)).toBe(true);
    const done = { state: { kind: 'done', atMs: 6_000, proven: true } } as const;
    expect(progressOf(done, 6_000)).toBeUndefined();
    expect(isMoving(done)).toBe(false);
    expect(isInForce(done)).toBe(true);
    expect(toneOf(done.state)).toBe('good');
  });

  it('is not in force where it was undone, refused, or never done', () => {
    for (const kind of ['asked', 'undone', 'failed', 'refused'] as const)
      expect(isInForce({ state: { kind } })).toBe(false);
  });
});
