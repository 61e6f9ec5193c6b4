import { describe, expect, it } from 'vitest';
import { ChunkPool } from './chunk-pool.js';

describe('a pool of buffers', () => {
  it.each([
    [1, 4_096],
    [4_096, 4_096],
    [4_097, 16_384],
    [16_385, 65_536],
    [65_536, 65_536],
    [65_537, 131_072],
    [131_072, 131_072],
    [131_073, 131_073],
  ])('lends for %i bytes one of %i', (asked, given) => {
    const pool = new ChunkPool();
    const buffer = pool.take(asked);
    expect(buffer.length).toBe(given);
    pool.give(buffer);
    const again = pool.take(asked);
    expect(again === buffer).toBe(given <= 131_072);
    expect(pool.take(asked)).not.toBe(again);
  });

  it('keeps no more than its bound', () => {
    const pool = new ChunkPool(8_192);
    const lent = [pool.take(1), pool.take(1), pool.take(1)];
    for (const buffer of lent) pool.give(buffer);
    const again = [pool.take(1), pool.take(1), pool.take(1)];
    expect(again.filter((buffer) => lent.includes(buffer))).toHaveLength(2);
  });
});
