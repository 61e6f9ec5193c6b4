/** Zabbix's envelope: every body survives it, in whatever pieces it comes, and nothing else is taken for one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../kernel/index.js';
import { encodePacket, PacketReader } from './packet.js';

const bytes = fc.uint8Array({ maxLength: 300 });

function cut(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    pieces.push(whole.subarray(start, start + size));
    start += size;
  }
  return [...pieces, whole.subarray(start)];
}

describe('a packet', () => {
  it('is the header of the manual and the body', () => {
    expect(encodePacket(Buffer.from('abc')).toString('hex')).toBe('5a425844010300000000000000616263');
    expect(encodePacket(Buffer.from('abc'), true).toString('hex')).toBe(
      '5a4258440503000000000000000000000000000000616263',
    );
  });

  it('comes out as it went in, small or large, in any pieces', () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), fc.array(fc.nat(40)), (body, isLarge, sizes) => {
        const reader = new PacketReader(1_000);
        let found: Buffer | undefined;
        for (const piece of cut(encodePacket(body, isLarge), sizes)) found = reader.push(piece) ?? found;
        expect(found?.equals(body)).toBe(true);
      }),
    );
  });

  it('is not there before its last byte', () => {
    const whole = encodePacket(Buffer.from('{"response":"success"}'));
    for (let end = 0; end < whole.length; end++) {
      expect(new PacketReader(100).push(whole.subarray(0, end)), `after ${end} bytes`).toBeUndefined();
    }
  });

  it.each([
    ['another protocol', Buffer.from('HTTP/1.1 400')],
    ['the beginning of another protocol', Buffer.from('ZX')],
    ['a compressed body', Buffer.from('5a4258440303000000000000', 'hex')],
    ['no flag', Buffer.from('5a42584400', 'hex')],
    ['more than may come', Buffer.from('5a42584401ffffffff00000000', 'hex')],
    ['more than any number', Buffer.from(`5a42584405${'ff'.repeat(16)}`, 'hex')],
  ])('is refused where it is %s', (_, piece) => {
    expect(() => new PacketReader(1_000).push(piece)).toThrow(/no packet of Zabbix/);
  });

  it('is refused with an error of ours, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(bytes), (pieces) => {
        const reader = new PacketReader(100);
        try {
          for (const piece of pieces) reader.push(Buffer.from(piece));
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError);
        }
      }),
    );
  });
});
