import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeProperties, fieldTable } from '../../broker/index.js';
import { QuickProperties } from './quick-properties.js';

const text = fc.oneof(
  { weight: 30, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.constant('\ud800') },
);
const value = fc.oneof(
  { weight: 10, arbitrary: text },
  { weight: 10, arbitrary: fc.maxSafeInteger() },
  { weight: 1, arbitrary: fc.oneof(fc.double(), fc.boolean(), fc.constant(null), fc.constant([1])) },
);
const properties = fc.record(
  {
    contentType: text,
    contentEncoding: text,
    headers: fc.dictionary(text, value, { maxKeys: 4 }),
    priority: fc.nat(255),
    correlationId: text,
    replyTo: text,
    messageId: text,
    type: text,
    appId: text,
  },
  { requiredKeys: [] },
);

describe('the quick way to encode properties', () => {
  const quick = new QuickProperties();
  const body = Buffer.alloc(0);

  it('gives what the general way gives, or leaves it to that', () => {
    let encoded = 0;
    fc.assert(
      fc.property(
        properties,
        fc.option(fc.nat(), { nil: undefined }),
        ({ headers, ...others }, expirationMs) => {
          const end = quick.encode(
            { ...others, ...(expirationMs === undefined ? {} : { expirationMs }), body },
            headers,
          );
          if (end === 0) return;
          encoded++;
          const expected = encodeProperties({
            ...others,
            deliveryMode: 2,
            ...(expirationMs === undefined ? {} : { expiration: String(expirationMs) }),
            ...(headers === undefined ? {} : { headers: fieldTable(headers) }),
          });
          expect(quick.buffer.subarray(0, end)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
    expect(encoded).toBeGreaterThan(50);
  });

  it('leaves what has no room or no quick form', () => {
    const long = 'x'.repeat(3_000);
    expect(quick.encode({ body }, { a: long })).toBe(0);
    expect(quick.encode({ body, type: 'x'.repeat(256) }, undefined)).toBe(0);
    expect(quick.encode({ body, priority: 256 }, undefined)).toBe(0);
    expect(quick.encode({ body, timestamp: new Date() }, undefined)).toBe(0);
    expect(quick.encode({ body, type: 'a' }, undefined)).toBeGreaterThan(0);
  });
});
