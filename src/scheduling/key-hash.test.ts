import { describe, expect, it } from 'vitest';
import { KeyHasher } from './key-hash.js';

/** From the reference implementation's HalfSipHash-2-4 table, 64-bit output: key 00..07, input 00, 01, ... */
const referenceVectors = [
  '218d1f59b9b83cc8',
  'be552412f8387315',
  '064f39ef7c50eb57',
  'ce0f1a45f7060679',
  'd5e78a175be52ea1',
  'cb9d7c3f2f3db580',
  'ce3e91358aa2bc25',
  'ff202728b07bc684',
  'edfee820bce4858c',
  '5b51cccc13888307',
  '95b0469f06a6f2ee',
  'ae26333994ddcd48',
  '7bc71f9faef5c799',
  '5a2352d75a0c3744',
  '3bb1a870eae8e658',
  '217d0bcb4e81c902',
];

function resultOf(hasher: KeyHasher): string {
  const out = Buffer.alloc(8);
  out.writeUInt32LE(hasher.low, 0);
  out.writeUInt32LE(hasher.high, 4);
  return out.toString('hex');
}

describe('KeyHasher', () => {
  it('gives the reference results with two and four rounds', () => {
    const hasher = new KeyHasher({ low: 0x03020100, high: 0x07060504 }, { compression: 2, finalization: 4 });
    const results = referenceVectors.map((_, length) => {
      hasher.hash(Uint8Array.from({ length }, (_unused, index) => index));
      return resultOf(hasher);
    });
    expect(results).toEqual(referenceVectors);
  });

  it('hashes only the range it is given', () => {
    const hasher = new KeyHasher({ low: 1, high: 2 });
    hasher.hash(Buffer.from('order-17'));
    const whole = resultOf(hasher);
    hasher.hash(Buffer.from('..order-17..'), 2, 10);
    expect(resultOf(hasher)).toBe(whole);
  });

  it('depends on the secret', () => {
    const [one, other] = [new KeyHasher({ low: 1, high: 2 }), new KeyHasher({ low: 2, high: 1 })];
    one.hash(Buffer.from('order-17'));
    other.hash(Buffer.from('order-17'));
    expect(resultOf(one)).not.toBe(resultOf(other));
  });
});
