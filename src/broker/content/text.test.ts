import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeText, textBytes } from './text.js';

function roundTrip(bytes: Buffer): Buffer {
  const text = decodeText(bytes, 0, bytes.length);
  const target = Buffer.alloc(textBytes(text));
  expect(encodeText(target, 0, text)).toBe(target.length);
  return target;
}

describe('text', () => {
  it('decodes UTF-8', () => {
    const bytes = Buffer.from('naïve 消息 😀');
    expect(decodeText(bytes, 0, bytes.length)).toBe('naïve 消息 😀');
  });

  it('keeps bytes that are not UTF-8', () => {
    const bytes = Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x80]);
    expect(roundTrip(bytes)).toEqual(bytes);
  });

  it('keeps the replacement character itself', () => {
    expect(roundTrip(Buffer.from('a\ufffdb'))).toEqual(Buffer.from('a\ufffdb'));
    expect(decodeText(Buffer.from('\ufffd'), 0, 3)).toBe('\ufffd');
  });

  it('keeps encoded surrogates, which are not valid UTF-8', () => {
    const bytes = Buffer.from([0xed, 0xb2, 0x80]);
    expect(roundTrip(bytes)).toEqual(bytes);
  });

  it('round-trips any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(roundTrip(Buffer.from(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('encodes a lone high surrogate as Node does, at its announced size', () => {
    const target = Buffer.alloc(textBytes('a\ud800b'));
    expect(encodeText(target, 0, 'a\ud800b')).toBe(target.length);
    expect(target.toString()).toBe('a\ufffdb');
  });
});
