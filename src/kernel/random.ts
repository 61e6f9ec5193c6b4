/** Randomness as a port: the operating system's for real runs, a seeded generator for tests and simulation. */
import { randomBytes } from 'node:crypto';

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  integer(below: number): number;
  /** `size` random bytes; unpredictable only from `systemRandom`. */
  bytes(size: number): Buffer;
}

/** Unpredictable randomness from the operating system. */
export function systemRandom(): Random {
  const next = (): number => randomBytes(4).readUInt32LE(0) / 2 ** 32;
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    bytes: (size) => randomBytes(size),
  };
}

/** A repeatable generator (xoshiro128**, Blackman and Vigna 2018, seeded by splitmix32). */
export function seededRandom(seed: number): Random {
  let mixed = seed >>> 0;
  const splitmix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  const rotate = (value: number, by: number): number => ((value << by) | (value >>> (32 - by))) >>> 0;
  const word = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const shifted = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ shifted) >>> 0;
    d = rotate(d, 11);
    return result;
  };
  const next = (): number => word() / 2 ** 32;
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    bytes(size) {
      const out = Buffer.alloc(size);
      for (let i = 0; i < size; i++) out[i] = word() & 0xff;
      return out;
    },
  };
}
