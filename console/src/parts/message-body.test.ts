import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodedBody, decodedBytesMax, formOf, prettyJson, shownBody, visible } from './message-body.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const shown = (text: string, form: 'text' | 'json' | 'hex'): string =>
  shownBody(utf8(text), form, 10_000).text;

describe('a body', () => {
  it('is shown as what it is', () => {
    expect(formOf(utf8('{"a":[1]}'))).toBe('json');
    expect(formOf(utf8('{"a":'))).toBe('text');
    expect(formOf(utf8('42'))).toBe('text');
    expect(formOf(new Uint8Array([0xff, 0xfe, 0]))).toBe('hex');
    expect(shown('not { json', 'json')).toBe('not { json');
    expect(shown('AB\u0000<', 'hex')).toBe(`000000  41 42 00 3c${' '.repeat(36)}  AB.<`);
  });

  it('hides nothing: controls, escapes and what turns the direction are seen', () => {
    expect(visible('a\u0000\u001b[31m\u202eevil\u2066\u200b\r\n\tb')).toBe(
      'a⟨NUL⟩⟨ESC⟩[31m⟨U+202E⟩evil⟨U+2066⟩⟨U+200B⟩⟨CR⟩\n\tb',
    );
    expect(shownBody(new Uint8Array([0x61, 0xff]), 'text', 10).text).toBe('a\ufffd');
  });

  it('is undone by its content encoding, and says why where it is not', async () => {
    for (const [encoding, pack] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['Deflate', deflateRawSync],
    ] as const) {
      const { bytes, trouble, from } = await decodedBody(new Uint8Array(pack('plain')), encoding);
      expect([new TextDecoder().decode(bytes), trouble, from]).toEqual([
        'plain',
        undefined,
        encoding.toLowerCase(),
      ]);
    }
    expect(await decodedBody(utf8('plain'), 'gzip')).toEqual({ bytes: utf8('plain'), trouble: 'broken' });
    expect(await decodedBody(utf8('plain'), 'br')).toEqual({ bytes: utf8('plain'), trouble: 'unknown' });
    expect(await decodedBody(utf8('plain'), '__proto__')).toMatchObject({ trouble: 'unknown' });
    expect(await decodedBody(utf8('plain'), 7)).toEqual({ bytes: utf8('plain') });
  });

  it('that is a bomb becomes no more than its bound', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(64 * 1_048_576)));
    const { bytes, trouble } = await decodedBody(bomb, 'gzip');
    expect([bytes.length, trouble]).toEqual([decodedBytesMax, 'cut']);
  });

  it('of one immense line is cut', () => {
    const { text, isCut } = shownBody(utf8('x'.repeat(1_048_576)), 'text', 16_384);
    expect([text.length, isCut]).toEqual([16_384, true]);
    expect(shownBody(new Uint8Array(1_048_576), 'hex', 16_384).text.length).toBeLessThan(17_000);
  });
});

describe('JSON', () => {
  it('is laid out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const expected = visible(JSON.stringify(JSON.parse(text), undefined, 2));
        // A number such as -0 or 1.0e3 keeps its digits here, and a member given twice stays.
        if (JSON.stringify(JSON.parse(text)) !== text.replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ''))
          return;
        expect(prettyJson(text, 1_000_000).text).toBe(expected);
      }),
    );
    expect(prettyJson('{"a":[],"b":{},"c":[1,{"d":"]"}]}', 1_000).text).toBe(
      '{\n  "a": [],\n  "b": {},\n  "c": [\n    1,\n    {\n      "d": "]"\n    }\n  ]\n}',
    );
  });

  it('keeps the digits of long numbers, and members that are given twice', () => {
    expect(prettyJson('{"id":12345678901234567890,"id":1.00}', 1_000).text).toBe(
      '{\n  "id": 12345678901234567890,\n  "id": 1.00\n}',
    );
  });

  it('of ten thousand levels is shown within its bound', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    expect(formOf(utf8(deep))).toBe('json');
    const { text, isCut } = shownBody(utf8(deep), 'json', 16_384);
    expect([text.length <= 16_384, isCut]).toEqual([true, true]);
  });
});
