/** The checksum equals the published check values and the native implementation at every length. */
import { crc32c as crc32cNative } from '@node-rs/crc32';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { crc32c } from './crc32c.js';

describe('crc32c', () => {
  it('gives the check values of RFC 3720, appendix B.4', () => {
    const of = (bytes: Uint8Array): number => crc32c(0, bytes, 0, bytes.length);
    expect(of(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(of(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(of(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(of(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
  });

  it('is the same in JavaScript and natively, from any place and start value', () => {
    const random = seededRandom(3);
    const bytes = random.bytes(2000);
    for (let length = 0; length < 420; length++) {
      const start = random.integer(1000);
      const before = random.integer(2 ** 32);
      expect(crc32c(before, bytes, start, start + length)).toBe(
        crc32cNative(bytes.subarray(start, start + length), before),
      );
    }
  });
});
