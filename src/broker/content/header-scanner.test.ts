import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../kernel/index.js';
import {
  decodeFieldTable,
  decodeFieldValue,
  encodeFieldTable,
  FieldDecimal,
  fieldTable,
  FieldNumber,
  headerNumber,
  HeaderScanner,
  headerTextEnd,
  headerTextStart,
  isHeaderText,
  type FieldValue,
} from './index.js';

const scanner = new HeaderScanner(['x-delay', 'x-key', 'CC', 'x-cost']);

describe('the header scanner', () => {
  it('finds the names it looks for, and nothing else', () => {
    const bytes = encodeFieldTable(fieldTable({ other: 1, CC: ['a', 'b'], 'x-delax': 2, 'x-key': 'k1' }));
    expect(scanner.scan(bytes, 0, bytes.length)).toBe(2);
    const [delay, key, copies, cost] = scanner.positions;
    expect([delay, cost]).toEqual([-1, -1]);
    expect(isHeaderText(bytes, key!)).toBe(true);
    expect(bytes.toString('utf8', headerTextStart(key!), headerTextEnd(bytes, key!))).toBe('k1');
    expect(decodeFieldValue(bytes, copies!)).toEqual(['a', 'b']);
  });

  it('forgets what an earlier message had', () => {
    const first = encodeFieldTable(fieldTable({ CC: [] }));
    scanner.scan(first, 0, first.length);
    const empty = encodeFieldTable(new Map());
    expect(scanner.scan(empty, 0, empty.length)).toBe(0);
    expect([...scanner.positions]).toEqual([-1, -1, -1, -1]);
  });

  it('takes the first of two entries with one name', () => {
    const bytes = Buffer.from('0000000a 024343 56 024343 74 01'.replaceAll(' ', ''), 'hex');
    bytes.writeUInt32BE(bytes.length - 4, 0);
    expect(scanner.scan(bytes, 0, bytes.length)).toBe(1);
    expect(decodeFieldValue(bytes, scanner.positions[2]!)).toBe(null);
  });

  it('works at an offset', () => {
    const table = encodeFieldTable(fieldTable({ 'x-delay': 1500 }));
    const bytes = Buffer.concat([Buffer.alloc(9, 0xff), table, Buffer.alloc(9, 0xff)]);
    scanner.scan(bytes, 9, 9 + table.length);
    expect(headerNumber(bytes, scanner.positions[0]!)).toBe(1500);
  });

  it.each<[FieldValue, number]>([
    [new FieldNumber('int8', -5), -5],
    [new FieldNumber('uint8', 200), 200],
    [new FieldNumber('int16', -300), -300],
    [new FieldNumber('uint16', 60000), 60000],
    [new FieldNumber('int32', -70000), -70000],
    [new FieldNumber('uint32', 4_000_000_000), 4_000_000_000],
    [new FieldNumber('int64', -1), -1],
    [new FieldNumber('int64', 1_700_000_000_000), 1_700_000_000_000],
    [new FieldNumber('int64-upper', -2), -2],
    [new FieldNumber('timestamp', 1_700_000_000), 1_700_000_000],
    [new FieldNumber('float', 2.5), 2.5],
    [new FieldNumber('double', -0.1), -0.1],
    [new FieldDecimal(1, 25), 2.5],
    ['12', Number.NaN],
    [true, Number.NaN],
  ])('reads %o as the number %d', (value, expected) => {
    const bytes = encodeFieldTable(new Map([['x-delay', value]]));
    scanner.scan(bytes, 0, bytes.length);
    expect(headerNumber(bytes, scanner.positions[0]!)).toBe(expected);
  });

  it('accepts exactly the tables that the decoder accepts', () => {
    const names = fc.constantFrom('x-key', 'CC', 'a', '');
    const octets = fc.uint8Array({ maxLength: 12 });
    const likely = fc.constantFrom(0, 1, 2, 0x41, 0x46, 0x53, 0x56, 0x74, 0x78);
    const arbitrary = fc.array(fc.oneof(likely, fc.nat(255)), { maxLength: 24 });
    let accepted = 0;
    fc.assert(
      fc.property(names, octets, arbitrary, (name, bytes, tail) => {
        const source = encodeFieldTable(fieldTable({ [name]: { n: [Buffer.from(bytes), 1] } }));
        const mutated = Buffer.concat([source, Buffer.from(tail)]);
        mutated.writeUInt32BE(mutated.length - 4, 0);
        const scanned = accepts(() => scanner.scan(mutated, 0, mutated.length));
        expect(scanned).toBe(accepts(() => decodeFieldTable(mutated)));
        accepted += scanned ? 1 : 0;
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it('accepts exactly the mutations that the decoder accepts', () => {
    const source = encodeFieldTable(
      fieldTable({ CC: ['a', { b: [1, 2.5, null] }], 'x-key': 'k', deep: { deeper: { deepest: [[[]]] } } }),
    );
    for (let at = 0; at < source.length; at++) {
      for (const octet of [0, 1, 0x41, 0x46, 0x53, 0x56, 0x74, 0xff]) {
        const mutated = Buffer.from(source);
        mutated[at] = octet;
        const scanned = accepts(() => scanner.scan(mutated, 0, mutated.length));
        expect(scanned, `octet ${octet} at ${at}`).toBe(accepts(() => decodeFieldTable(mutated)));
      }
    }
  });

  it('refuses what nests too deep', () => {
    let value = Buffer.from([0x56]);
    for (let depth = 0; depth < 2000; depth++) {
      const head = Buffer.from([0x41, 0, 0, 0, 0]);
      head.writeUInt32BE(value.length, 1);
      value = Buffer.concat([head, value]);
    }
    const head = Buffer.from([0, 0, 0, 0, 1, 0x61]);
    head.writeUInt32BE(value.length + 2, 0);
    const bytes = Buffer.concat([head, value]);
    expect(() => scanner.scan(bytes, 0, bytes.length)).toThrow(SluiceError);
  });
});

/** Whether `read` succeeds; anything thrown but the typed error fails the test. */
function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    expect((error as SluiceError).code).toBe('protocol');
    return false;
  }
}
