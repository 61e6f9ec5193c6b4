import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../kernel/index.js';
import {
  decodeProperties,
  encodeProperties,
  fieldTable,
  PropertyScan,
  scanProperties,
  withHeaders,
  withoutExpiration,
  withProperty,
  type ContentProperties,
} from './index.js';

const everything: ContentProperties = {
  contentType: 'application/json',
  contentEncoding: 'gzip',
  headers: fieldTable({ a: 1, b: ['x'] }),
  deliveryMode: 2,
  priority: 7,
  correlationId: 'c-1',
  replyTo: 'amq.rabbitmq.reply-to',
  expiration: '60000',
  messageId: 'm-1',
  timestamp: 1_700_000_000,
  type: 'order',
  userId: 'guest',
  appId: 'shop',
  clusterId: '',
};

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const arbitraryProperties = fc.record(
  {
    contentType: text,
    contentEncoding: text,
    headers: fc.dictionary(fc.string({ maxLength: 5 }), fc.integer()).map((source) => fieldTable(source)),
    deliveryMode: fc.nat(255),
    priority: fc.nat(255),
    correlationId: text,
    replyTo: text,
    expiration: fc.oneof(text, fc.nat().map(String)),
    messageId: text,
    timestamp: fc
      .bigInt(0n, 2n ** 64n - 1n)
      .map((value) => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value)),
    type: text,
    userId: text,
    appId: text,
    clusterId: text,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ContentProperties>;

function scan(bytes: Buffer, start = 0, end = bytes.length): PropertyScan {
  const into = new PropertyScan();
  scanProperties(bytes, start, end, into);
  return into;
}

describe('properties', () => {
  it('stand in wire order behind their flags', () => {
    const bytes = encodeProperties({ deliveryMode: 2, contentType: 'a', clusterId: 'z' });
    expect(bytes.toString('hex')).toBe('9004' + '0161' + '02' + '017a');
  });

  it('round-trip, all of them and any of them', () => {
    expect(decodeProperties(encodeProperties(everything))).toEqual(everything);
    expect(encodeProperties({})).toEqual(Buffer.from([0, 0]));
    fc.assert(
      fc.property(arbitraryProperties, (properties) => {
        const bytes = encodeProperties(properties);
        expect(decodeProperties(bytes)).toEqual(properties);
        expect(encodeProperties(decodeProperties(bytes))).toEqual(bytes);
      }),
    );
  });

  it('refuse a text that does not fit', () => {
    expect(() => encodeProperties({ messageId: 'é'.repeat(128) })).toThrow(/messageId is longer than 255/);
  });

  it.each([
    ['nothing', ''],
    ['half a flags word', '80'],
    ['a second flags word', '0001'],
    ['an unknown flag', '0002'],
    ['a text without its length', '8000'],
    ['a text beyond the end', '8000 0561'],
    ['a missing octet', '1000'],
    ['a truncated timestamp', '0040 00000000'],
    ['a truncated table', '2000 0000'],
    ['a table beyond the end', '2000 00000005 00'],
    ['bytes after the last one', '1000 02 02'],
    ['bytes after none', '0000 00'],
  ])('malformed: %s', (_what, hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(() => decodeProperties(bytes)).toThrow(SluiceError);
    expect(() => scan(bytes)).toThrow(SluiceError);
  });
});

describe('the property scan', () => {
  it('finds what routing needs, at an offset', () => {
    const encoded = encodeProperties(everything);
    const bytes = Buffer.concat([Buffer.alloc(5), encoded, Buffer.alloc(5)]);
    const found = scan(bytes, 5, 5 + encoded.length);
    expect([found.deliveryMode, found.priority, found.expirationMs]).toEqual([2, 7, 60000]);
    const at = (start: number, end: number): string => bytes.toString('utf8', start, end);
    expect(at(found.expirationStart, found.expirationEnd)).toBe('60000');
    expect(at(found.userIdStart, found.userIdEnd)).toBe('guest');
    expect(at(found.replyToStart, found.replyToEnd)).toBe('amq.rabbitmq.reply-to');
    expect(at(found.correlationIdStart, found.correlationIdEnd)).toBe('c-1');
    expect(at(found.messageIdStart, found.messageIdEnd)).toBe('m-1');
    expect(bytes.readUInt32BE(found.headersStart)).toBe(found.headersEnd - found.headersStart - 4);
  });

  it('forgets what an earlier message had', () => {
    const into = new PropertyScan();
    const full = encodeProperties(everything);
    scanProperties(full, 0, full.length, into);
    scanProperties(Buffer.from([0, 0]), 0, 2, into);
    expect(into).toEqual(new PropertyScan());
  });

  it.each([
    ['0', 0],
    ['00012', 12],
    ['4294967295', 4294967295],
    ['999999999999999', 999999999999999],
    ['', -2],
    ['-1', -2],
    ['+1', -2],
    ['1.5', -2],
    ['12a', -2],
    ['9999999999999999', -2],
  ])('reads the expiration %j as %d', (expiration, expected) => {
    expect(scan(encodeProperties({ expiration })).expirationMs).toBe(expected);
  });

  it('agrees with the decoder about every list, truncated and mutated ones included', () => {
    fc.assert(
      fc.property(arbitraryProperties, fc.nat(), fc.nat(255), (properties, position, octet) => {
        const bytes = encodeProperties(properties);
        expect(scan(bytes).deliveryMode).toBe(properties.deliveryMode ?? 0);
        expect(accepts(() => scan(bytes.subarray(0, position % bytes.length)))).toBe(false);
        bytes[position % bytes.length] = octet;
        // The scan leaves the inside of the headers to the header scanner.
        if (accepts(() => decodeProperties(bytes))) expect(accepts(() => scan(bytes))).toBe(true);
        else accepts(() => scan(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('rewriting properties', () => {
  const encoded = encodeProperties(everything);

  it('replaces, adds and removes the headers', () => {
    const headers = fieldTable({ 'x-death': [{ count: 1 }] });
    expect(decodeProperties(withHeaders(encoded, headers))).toEqual({ ...everything, headers });
    const bare = encodeProperties({ contentType: 'a', deliveryMode: 2 });
    expect(withHeaders(bare, headers)).toEqual(
      encodeProperties({ contentType: 'a', headers, deliveryMode: 2 }),
    );
    expect(withHeaders(withHeaders(bare, headers), undefined)).toEqual(bare);
  });

  it('removes the expiration, and only that', () => {
    const { expiration, ...rest } = everything;
    expect(expiration).toBe('60000');
    expect(withoutExpiration(encoded)).toEqual(encodeProperties(rest));
    const bare = encodeProperties(rest);
    expect(withoutExpiration(bare)).toBe(bare);
  });

  it('gives the same bytes as decoding, changing and encoding', () => {
    fc.assert(
      fc.property(arbitraryProperties, (properties) => {
        const changed = withProperty(encodeProperties(properties), 'priority', Buffer.from([9]));
        expect(changed).toEqual(encodeProperties({ ...properties, priority: 9 }));
      }),
    );
  });

  it('leaves the original alone', () => {
    const before = Buffer.from(encoded);
    withHeaders(encoded, undefined);
    withoutExpiration(encoded);
    expect(encoded).toEqual(before);
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
