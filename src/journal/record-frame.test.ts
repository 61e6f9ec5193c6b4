/** The frame is what docs/formats/journal.md says, byte for byte, and no change of a bit passes. */
import { describe, expect, it } from 'vitest';
import {
  checkRecord,
  frameBytes,
  incomplete,
  invalid,
  moreFollows,
  readSequence,
  recordHeaderBytes,
  sequenceAt,
  writeChecksum,
  writeHeader,
  writeSequence,
} from './record-frame.js';

const epoch = 0x11223344;
const offset = 4096;
const sequence = 2 ** 40 + 5;

function golden(): ReturnType<typeof frameBytes> {
  const bytes = frameBytes(Buffer.alloc(recordHeaderBytes + 5));
  bytes.buffer.write('hello', recordHeaderBytes);
  writeHeader(bytes.view, 0, 7, moreFollows, 5, sequence, epoch);
  writeChecksum(bytes, 0, epoch, offset);
  return bytes;
}

describe('a record frame', () => {
  it('has the documented bytes', () => {
    expect(golden().buffer.toString('hex')).toBe(
      '534a' + '07' + '01' + '05000000' + '0500000000010000' + '44332211' + 'a140a031' + '68656c6c6f',
    );
  });

  it('is valid only with its epoch and at its offset', () => {
    const bytes = golden();
    const check = (ofEpoch: number, at: number): number => checkRecord(bytes, 0, 29, 100, ofEpoch, at);
    expect(check(epoch, offset)).toBe(29);
    expect(check(epoch + 1, offset)).toBe(invalid);
    expect(check(epoch, offset + 4096)).toBe(invalid);
    expect(sequenceAt(bytes.view, 0)).toBe(sequence);
  });

  it('is invalid with any one bit changed', () => {
    const { buffer } = golden();
    for (let bit = 0; bit < buffer.length * 8; bit++) {
      const bytes = frameBytes(Buffer.concat([buffer, Buffer.alloc(64)]));
      bytes.buffer[bit >> 3]! ^= 1 << (bit & 7);
      expect(checkRecord(bytes, 0, 93, 93, epoch, offset), `bit ${bit}`).toBe(invalid);
    }
  });

  it('is incomplete when its bytes are not all there, and never believed beyond its segment', () => {
    const bytes = golden();
    expect(checkRecord(bytes, 0, 20, 100, epoch, offset)).toBe(incomplete);
    expect(checkRecord(bytes, 0, 28, 100, epoch, offset)).toBe(incomplete);
    expect(checkRecord(bytes, 0, 28, 28, epoch, offset)).toBe(invalid);
    bytes.view.setUint32(4, 0xffffffff, true);
    expect(checkRecord(bytes, 0, 29, 2 ** 32, epoch, offset)).toBe(invalid);
  });

  it('keeps sequences beyond 32 bits', () => {
    const { view } = frameBytes(Buffer.alloc(8));
    for (const value of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 12345]) {
      writeSequence(view, 0, value);
      expect(readSequence(view, 0)).toBe(value);
    }
  });
});
