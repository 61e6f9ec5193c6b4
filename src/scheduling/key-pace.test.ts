import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { KeyPace } from './key-pace.js';
import { afterOne, nextAllowedMs, unusedRate } from './rate-limit.js';

const limit = { count: 2, perMs: 100, burst: 2 };

describe('KeyPace', () => {
  it('keeps each key to its rate, as a table that forgets nothing does', () => {
    const seed = Number(process.env['SLUICE_SEED'] ?? 5);
    const random = seededRandom(seed);
    const pace = new KeyPace(limit);
    const states = new Map<number, number>();
    let nowMs = 0;
    for (let step = 0; step < 20_000; step++) {
      nowMs += random.integer(10);
      const key = random.integer(500);
      const state = states.get(key) ?? unusedRate;
      const allowed = pace.allowedMs(key, 7);
      const wanted = nextAllowedMs(limit, state);
      expect(allowed <= nowMs, `seed ${seed}, step ${step}`).toBe(wanted <= nowMs);
      if (allowed > nowMs) expect(allowed).toBeCloseTo(wanted, 3);
      if (allowed > nowMs) continue;
      pace.take(key, 7, nowMs);
      states.set(key, afterOne(limit, state, nowMs));
    }
  });

  it('remembers keys only while their limit is in part used', () => {
    const pace = new KeyPace(limit);
    for (let key = 0; key < 10_000; key++) pace.take(key, 0, key * 10);
    expect(pace.size).toBeLessThan(20);
  });

  it('forgets the key that is free first when there are too many', () => {
    const pace = new KeyPace({ count: 1, perMs: 1_000, burst: 1 }, 3);
    for (let key = 1; key <= 4; key++) pace.take(key, 0, key);
    expect(pace.size).toBe(3);
    expect(pace.allowedMs(1, 0)).toBe(-Infinity);
    expect(pace.allowedMs(2, 0)).toBeCloseTo(1_002, 3);
  });
});
