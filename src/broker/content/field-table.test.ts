import fc from 'fast-check';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../kernel/index.js';
import {
  decodeFieldEntries,
  decodeFieldTable,
  encodeFieldTable,
  FieldDecimal,
  fieldDepthMax,
  FieldNumber,
  fieldTable,
  int64,
  integerOf,
  isFieldTable,
  tablesEquivalent,
  toPlain,
  type FieldTable,
  type FieldValue,
} from './index.js';

const require = createRequire(import.meta.url);
/** An independent codec of field tables. */
const oracle = require(join(dirname(require.resolve('amqplib')), 'lib/codec.js')) as {
  encodeTable(buffer: Buffer, table: object, at: number): number;
  decodeFields(bytes: Buffer): Record<string, unknown>;
};

/** One entry named `k` with the value written in hex, tag included. */
function entry(hex: string): Buffer {
  const value = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const table = Buffer.alloc(6 + value.length);
  table.writeUInt32BE(2 + value.length, 0);
  table[4] = 1;
  table[5] = 0x6b;
  value.copy(table, 6);
  return table;
}

/** An arbitrary field value. Floats are exact in 32 bits; NaN has one representation here. */
const arbitraryValue: fc.Arbitrary<FieldValue> = fc.letrec<{ value: FieldValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    number('int8', -0x80, 0x7f),
    number('uint8', 0, 0xff),
    number('int16', -0x8000, 0x7fff),
    number('uint16', 0, 0xffff),
    number('int32', -0x8000_0000, 0x7fff_ffff),
    number('uint32', 0, 0xffff_ffff),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => new FieldNumber('int64', value)),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => new FieldNumber('int64-upper', value)),
    fc.bigInt(0n, 2n ** 64n - 1n).map((value) => new FieldNumber('timestamp', value)),
    fc.float().map((value) => new FieldNumber('float', value)),
    fc.double().map((value) => new FieldNumber('double', value)),
    fc.tuple(fc.nat(255), fc.nat(0xffff_ffff)).map(([scale, unscaled]) => new FieldDecimal(scale, unscaled)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(arbitraryName(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value;

function arbitraryName(): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('__proto__', 'constructor', ''));
}

function number(kind: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32', min: number, max: number) {
  return fc.integer({ min, max }).map((value) => new FieldNumber(kind, value));
}

const arbitraryTable: fc.Arbitrary<FieldTable> = fc
  .array(fc.tuple(arbitraryName(), arbitraryValue), { maxLength: 6 })
  .map((entries) => new Map(entries));

function expectMalformed(bytes: Buffer): void {
  let thrown: unknown;
  try {
    decodeFieldTable(bytes);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SluiceError);
  expect((thrown as SluiceError).code).toBe('protocol');
  expect((thrown as SluiceError).details['position']).toBeTypeOf('number');
}

describe('field values on the wire', () => {
  const golden: readonly (readonly [hex: string, value: FieldValue])[] = [
    ['74 01', true],
    ['74 00', false],
    ['62 80', new FieldNumber('int8', -128)],
    ['42 80', new FieldNumber('uint8', 128)],
    ['73 ffff', new FieldNumber('int16', -1)],
    ['75 ffff', new FieldNumber('uint16', 65535)],
    ['49 80000000', new FieldNumber('int32', -2147483648)],
    ['69 80000000', new FieldNumber('uint32', 2147483648)],
    ['6c ffffffffffffffff', int64(-1)],
    ['6c 8000000000000000', int64(-(2n ** 63n))],
    ['4c ffffffffffffffff', new FieldNumber('int64-upper', -1)],
    ['66 3fc00000', new FieldNumber('float', 1.5)],
    ['64 bff8000000000000', new FieldNumber('double', -1.5)],
    ['44 02 0000007b', new FieldDecimal(2, 123)],
    ['53 00000003 616263', 'abc'],
    ['78 00000002 ff00', Buffer.from([0xff, 0])],
    ['54 ffffffffffffffff', new FieldNumber('timestamp', 2n ** 64n - 1n)],
    ['56', null],
    ['41 00000003 56 7401', [null, true]],
    ['46 00000003 016156', new Map([['a', null]])],
  ];

  it.each(golden)('%s', (hex, value) => {
    const bytes = entry(hex);
    expect(decodeFieldTable(bytes).get('k')).toEqual(value);
    expect(encodeFieldTable(new Map([['k', value]]))).toEqual(bytes);
  });

  it('reads any octet but zero as true', () => {
    expect(decodeFieldTable(entry('74 07')).get('k')).toBe(true);
  });

  it('round-trips any table', () => {
    fc.assert(
      fc.property(arbitraryTable, (table) => {
        const bytes = encodeFieldTable(table);
        const decoded = decodeFieldTable(bytes);
        expect(decoded).toEqual(table);
        expect(encodeFieldTable(decoded)).toEqual(bytes);
        expect(tablesEquivalent(decoded, table)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the bytes it does not own unchanged: decoded bytes are copies', () => {
    const bytes = entry('78 00000002 0102');
    const value = decodeFieldTable(bytes).get('k');
    bytes.fill(0);
    expect(value).toEqual(Buffer.from([1, 2]));
  });

  it('agrees with amqplib about what it can express', () => {
    const plain = {
      text: 'é',
      small: 1,
      big: 2 ** 40,
      flag: true,
      none: null,
      list: [1, 'x'],
      nested: { a: 1.5 },
    };
    const target = Buffer.alloc(512);
    const bytes = target.subarray(0, oracle.encodeTable(target, plain, 0));
    expect(toPlain(decodeFieldTable(bytes))).toEqual(plain);
    expect(encodeFieldTable(decodeFieldTable(bytes))).toEqual(bytes);
    expect(oracle.decodeFields(encodeFieldTable(fieldTable(plain)).subarray(4))).toEqual(plain);
  });
});

describe('a table', () => {
  it('holds names such as __proto__ as names', () => {
    const bytes = encodeFieldTable(new Map([['__proto__', 'x']]));
    const table = decodeFieldTable(bytes);
    expect(table.get('__proto__')).toBe('x');
    const plain = toPlain(table);
    expect(Object.keys(plain)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(JSON.stringify(plain)).toBe('{"__proto__":"x"}');
  });

  it('takes the first of two entries with one name', () => {
    const bytes = Buffer.from('0000000a 016b53 00000000 016b56'.replaceAll(' ', ''), 'hex');
    expect([...decodeFieldTable(bytes)]).toEqual([['k', '']]);
  });

  it('can be read without its length, as AMQPLAIN sends it', () => {
    const bytes = encodeFieldTable(new Map([['LOGIN', 'guest']]));
    expect(decodeFieldEntries(bytes, 4).get('LOGIN')).toBe('guest');
  });

  it('nests as deep as the limit and no deeper', () => {
    expect(depthOf(decodeFieldTable(nestedTables(fieldDepthMax)))).toBe(fieldDepthMax);
    expectMalformed(nestedTables(fieldDepthMax + 1));
    expectMalformed(nestedTables(5000));
    expectMalformed(nestedArrays(5000));
  });

  it('refuses to encode what it could not decode', () => {
    let deep: FieldTable = new Map();
    for (let depth = 0; depth < fieldDepthMax; depth++) deep = new Map([['t', deep]]);
    expect(() => encodeFieldTable(deep)).toThrow(SluiceError);
    expect(() => encodeFieldTable(new Map([['n'.repeat(256), null]]))).toThrow(/longer than 255/);
  });
});

describe('malformed tables', () => {
  it.each([
    ['no length', ''],
    ['a short length', '0000'],
    ['a length beyond the end', '00000001'],
    ['bytes after the table', '0000000000'],
    ['a name beyond the end', '00000002 0561'],
    ['a name without a value', '00000002 0161'],
    ['an unknown tag', '00000003 01617a'],
    ['a truncated number', '00000005 0161490000'],
    ['a text beyond the table', '00000007 016153 00000001'],
    ['a huge text', '00000007 016153 ffffffff'],
    ['a huge table', '00000007 016146 ffffffff'],
    ['a nested table beyond its holder', '00000008 016146 00000002 01'],
    ['an array cut inside an element', '0000000a 016141 00000003 490000'],
    ['a nested table whose entry overruns it', '0000000f 016146 00000003 016149 00000000 00'],
  ])('%s', (_what, hex) => {
    expectMalformed(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  });

  it('any truncation and any mutation gives a table or the typed error', () => {
    fc.assert(
      fc.property(arbitraryTable, fc.nat(), fc.nat(255), fc.boolean(), (table, position, octet, cut) => {
        const bytes = encodeFieldTable(table);
        const at = position % bytes.length;
        if (cut) {
          expectMalformed(bytes.subarray(0, at));
          return;
        }
        bytes[at] = octet;
        try {
          decodeFieldTable(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('an array of a hundred thousand voids is only that', () => {
    const voids = Buffer.alloc(100_000, 0x56);
    const head = Buffer.from('000186a7 016b41 000186a0'.replaceAll(' ', ''), 'hex');
    expect(decodeFieldTable(Buffer.concat([head, voids])).get('k')).toHaveLength(100_000);
  });
});

describe('plain values', () => {
  it('become the wire types that RabbitMQ uses', () => {
    const table = fieldTable({
      count: 5,
      ratio: 0.5,
      when: new Date(5000),
      bytes: new Uint8Array([1]),
      gone: undefined,
    });
    expect([...table]).toEqual([
      ['count', int64(5)],
      ['ratio', new FieldNumber('double', 0.5)],
      ['when', new FieldNumber('timestamp', 5)],
      ['bytes', Buffer.from([1])],
    ]);
    expect(isFieldTable(fieldTable({ nested: { a: 1 } }).get('nested'))).toBe(true);
  });

  it('are refused where the wire has no type for them', () => {
    expect(() => fieldTable({ f: () => 1 })).toThrow(SluiceError);
    expect(() => fieldTable({ big: 2n ** 63n })).toThrow(SluiceError);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(() => fieldTable(cyclic)).toThrow(SluiceError);
    const list: unknown[] = [];
    list.push(list);
    expect(() => fieldTable({ list })).toThrow(SluiceError);
  });

  it('show what JSON cannot hold as text', () => {
    const table = new Map<string, FieldValue>([
      ['big', int64(2n ** 60n)],
      ['price', new FieldDecimal(2, 1999)],
      ['bytes', Buffer.from('hi')],
    ]);
    expect({ ...toPlain(table) }).toEqual({ big: '1152921504606846976', price: 19.99, bytes: 'aGk=' });
  });

  it('are read as integers whatever their width', () => {
    expect(integerOf(new FieldNumber('uint8', 7))).toBe(7);
    expect(integerOf(int64(2n ** 60n))).toBe(2 ** 60);
    expect(integerOf(new FieldNumber('double', 7))).toBeUndefined();
    expect(integerOf('7')).toBeUndefined();
    expect(integerOf(undefined)).toBeUndefined();
  });
});

describe('equivalence', () => {
  const base = new Map<string, FieldValue>([
    ['x-max-length', int64(10)],
    ['x-dead-letter-exchange', 'dlx'],
  ]);

  it('ignores order and the width of integers', () => {
    const other = new Map<string, FieldValue>([
      ['x-dead-letter-exchange', 'dlx'],
      ['x-max-length', new FieldNumber('int8', 10)],
    ]);
    expect(tablesEquivalent(base, other)).toBe(true);
  });

  it.each<[string, FieldTable]>([
    ['another value', new Map([...base, ['x-max-length', int64(11)]])],
    ['a float', new Map([...base, ['x-max-length', new FieldNumber('double', 10)]])],
    ['a text', new Map<string, FieldValue>([...base, ['x-max-length', '10']])],
    ['one more entry', new Map<string, FieldValue>([...base, ['x-expires', int64(1)]])],
    [
      'another name',
      new Map<string, FieldValue>([
        ['x-max-length', int64(10)],
        ['other', 'dlx'],
      ]),
    ],
  ])('sees %s', (_what, other) => {
    expect(tablesEquivalent(base, other)).toBe(false);
  });
});

function nestedTables(depth: number): Buffer {
  let bytes = Buffer.from([0, 0, 0, 0]);
  for (let level = 1; level < depth; level++) {
    const head = Buffer.from([0, 0, 0, 0, 1, 0x74, 0x46]);
    head.writeUInt32BE(bytes.length + 3, 0);
    bytes = Buffer.concat([head, bytes]);
  }
  return bytes;
}

function nestedArrays(depth: number): Buffer {
  let bytes = Buffer.from([0, 0, 0, 0]);
  for (let level = 1; level < depth; level++) {
    const head = Buffer.from([0, 0, 0, 0, 0x41]);
    head.writeUInt32BE(bytes.length + 1, 0);
    bytes = Buffer.concat([head, bytes]);
  }
  const head = Buffer.from([0, 0, 0, 0, 1, 0x61, 0x41]);
  head.writeUInt32BE(bytes.length + 3, 0);
  return Buffer.concat([head, bytes]);
}

function depthOf(table: FieldTable): number {
  const inner = table.get('t');
  return 1 + (isFieldTable(inner) ? depthOf(inner) : 0);
}
