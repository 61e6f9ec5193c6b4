import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeProperties, fieldTable, type MessageView } from '../../broker/index.js';
import { InboundContent } from './inbound-content.js';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const headerName = fc.constantFrom('a', 'b', 'x-deadline', 'x-deadlinf', 'x-key', '');
const plainHeader = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
);
const header = fc.oneof(
  plainHeader,
  fc.array(plainHeader, { maxLength: 3 }),
  fc.dictionary(text, plainHeader),
);
const message = fc.record(
  {
    contentType: text,
    contentEncoding: text,
    headers: fc.dictionary(headerName, header, { maxKeys: 5 }),
    priority: fc.nat(255),
    correlationId: text,
    expiration: fc.nat().map(String),
    messageId: text,
    timestamp: fc.nat(),
    type: text,
    userId: text,
  },
  { requiredKeys: [] },
);

function contentOf(properties: Buffer, body: string): InboundContent {
  const route = Buffer.from('\u0000\u0001q');
  const bodyBuffer = Buffer.from(body);
  const view: MessageView = {
    buffer: route,
    routeStart: 0,
    routeEnd: route.length,
    propertiesBuffer: properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
    bodyBuffer,
    bodyStart: 0,
    bodyEnd: bodyBuffer.length,
    arrivalMs: 0,
    large: undefined,
  };
  return new InboundContent(view, false);
}

describe('a delivered message', () => {
  it('gives one property or header as it gives them all', () => {
    fc.assert(
      fc.property(message, text, ({ headers, ...others }, body) => {
        const encoded = encodeProperties({
          ...others,
          ...(headers === undefined ? {} : { headers: fieldTable(headers) }),
        });
        const [alone, whole] = [contentOf(encoded, body), contentOf(encoded, body).properties];
        expect([alone.type, alone.messageId]).toEqual([whole.type, whole.messageId]);
        for (const name of ['a', 'b', 'x-deadline', 'x-key', '', 'absent'])
          expect(alone.header(name)).toEqual(whole.headers?.[name]);
        expect(alone.text()).toBe(alone.body.toString());
      }),
    );
  });
});
