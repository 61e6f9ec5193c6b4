import fc from 'fast-check';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldTable, toPlain, type FieldTable } from '../../../broker/content/index.js';
import {
  AcknowledgementView,
  decodeMethod,
  encodeMethod,
  frameHeadBytes,
  methodFrameBytes,
  methodNameOf,
  methodNames,
  methodNumber,
  ProtocolViolation,
  PublishView,
  readAcknowledgement,
  readPublish,
  shortText,
  specificationOf,
  type FieldType,
  type Method,
  type MethodName,
} from './index.js';

const require = createRequire(import.meta.url);
/** An independent codec of methods. */
const oracle = require(join(dirname(require.resolve('amqplib')), 'lib/defs.js')) as {
  encodeMethod(number: number, channel: number, fields: Record<string, unknown>): Buffer;
  decode(number: number, payload: Buffer): Record<string, unknown>;
};

const shortString = fc.string({ unit: 'grapheme-ascii', maxLength: 255 });
const arbitraryFields: Readonly<Partial<Record<FieldType, fc.Arbitrary<unknown>>>> = {
  bit: fc.boolean(),
  octet: fc.nat(0xff),
  short: fc.nat(0xffff),
  long: fc.nat(0xffff_ffff),
  longlong: fc.nat(Number.MAX_SAFE_INTEGER),
  shortstr: fc.oneof(shortString, fc.constantFrom('', 'é', '消息')),
  longstr: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  longtext: fc.string({ unit: 'grapheme', maxLength: 300 }),
  // Texts, booleans and nested tables: where amqplib chooses the same wire types.
  table: fc
    .dictionary(
      fc.stringMatching(/^[a-z-]{1,10}$/),
      fc.oneof(fc.string(), fc.boolean(), fc.constant({ nested: 'x' })),
    )
    .map((source) => fieldTable(source)),
};

function arbitraryMethod(name: MethodName): fc.Arbitrary<Method> {
  const record: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [field, type] of Object.entries(specificationOf(name).fields)) {
    const arbitrary = arbitraryFields[type];
    if (arbitrary !== undefined) record[field] = arbitrary;
  }
  return fc.record(record).map((fields) => ({ name, ...fields }) as unknown as Method);
}

/** Our fields as amqplib names and represents them. */
function forOracle(method: Method): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(method) as [string, unknown][]) {
    if (field === 'name') continue;
    const isText = specificationOf(method.name).fields[field] === 'longtext';
    const converted = value instanceof Map ? toPlain(value as FieldTable) : value;
    fields[field === 'noWait' ? 'nowait' : field] = isText ? Buffer.from(value as string) : converted;
  }
  return fields;
}

function payloadOf(frame: Buffer): Buffer {
  return frame.subarray(frameHeadBytes, -1);
}

function violation(read: () => unknown): ProtocolViolation {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolViolation);
    return error as ProtocolViolation;
  }
  throw new RangeError('nothing was thrown');
}

describe('every method', () => {
  it('has a number of its own, and all that amqplib knows are here', () => {
    expect(new Set(methodNames.map(methodNumber)).size).toBe(methodNames.length);
    const known = Object.entries(oracle as unknown as Record<string, { id?: number; methodId?: number }>)
      .filter(([key]) => key.startsWith('methodInfo'))
      .map(([, info]) => info.id!);
    expect(known.length).toBeGreaterThan(60);
    expect(known.filter((number) => methodNameOf(number) === undefined)).toEqual([]);
    expect(known.length).toBe(methodNames.length);
  });

  it.each(methodNames)('%s is the same for amqplib', (name) => {
    fc.assert(
      fc.property(arbitraryMethod(name), fc.nat(0xffff), (method, channel) => {
        const fields = forOracle(method);
        const frame = encodeMethod(channel, method);
        // The one default of amqplib that is not the empty value.
        const defaults = name === 'access.request-ok' ? {} : { ticket: 0 };
        expect(frame).toEqual(oracle.encodeMethod(methodNumber(name), channel, { ...defaults, ...fields }));
        expect(frame.length).toBe(methodFrameBytes(method));
        const payload = payloadOf(frame);
        expect(decodeMethod(payload, 0, payload.length)).toEqual(method);
        const seen = oracle.decode(methodNumber(name), payload.subarray(4));
        for (const [field, value] of Object.entries(fields)) {
          const actual = seen[field];
          expect(Buffer.isBuffer(value) ? Buffer.from(actual as Buffer) : actual).toEqual(value);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(methodNames)('%s: every truncation and a byte too many are a 502', (name) => {
    fc.assert(
      fc.property(arbitraryMethod(name), (method) => {
        const payload = payloadOf(encodeMethod(1, method));
        for (let end = 0; end < payload.length; end++) {
          // Behind the end stands what a reader that overruns would take for the rest.
          expect(violation(() => decodeMethod(payload, 0, end)).replyCode).toBe(502);
        }
        const longer = Buffer.concat([payload, Buffer.from([0])]);
        expect(violation(() => decodeMethod(longer, 0, longer.length)).replyCode).toBe(502);
      }),
      { numRuns: 3 },
    );
  });
});

describe('methods by hand', () => {
  it('queue.declare packs its five bits into one octet', () => {
    const frame = encodeMethod(1, {
      name: 'queue.declare',
      queue: 'hello',
      passive: false,
      durable: true,
      exclusive: false,
      autoDelete: true,
      noWait: true,
      arguments: new Map(),
    });
    expect(frame.toString('hex')).toBe(
      '01' + '0001' + '00000011' + '0032000a' + '0000' + '0568656c6c6f' + '1a' + '00000000' + 'ce',
    );
  });

  it('a delivery tag beyond 2^53 reads as the nearest number', () => {
    const payload = Buffer.from('003c0050ffffffffffffffff00', 'hex');
    expect(decodeMethod(payload, 0, payload.length)).toEqual({
      name: 'basic.ack',
      deliveryTag: 2 ** 64,
      multiple: false,
    });
  });

  it('an unknown method is a 540 that names it', () => {
    const payload = Buffer.from('003c0063', 'hex');
    const thrown = violation(() => decodeMethod(payload, 0, payload.length));
    expect([thrown.replyCode, thrown.classId, thrown.methodId, thrown.scope]).toEqual([
      540,
      60,
      99,
      'connection',
    ]);
  });

  it('a malformed table is a 502 of its method', () => {
    const payload = Buffer.from('0032000a' + '0000' + '00' + '00' + '00000003' + '01617a', 'hex');
    const thrown = violation(() => decodeMethod(payload, 0, payload.length));
    expect([thrown.replyCode, thrown.classId, thrown.methodId]).toEqual([502, 50, 10]);
  });

  it('a text for a reply is cut at a character', () => {
    expect(shortText('short')).toBe('short');
    expect(Buffer.byteLength(shortText('é'.repeat(200)))).toBe(254);
  });
});

describe('the hot readers agree with the general decoder', () => {
  it('basic.publish', () => {
    const view = new PublishView();
    fc.assert(
      fc.property(arbitraryMethod('basic.publish'), (method) => {
        const frame = encodeMethod(3, method);
        readPublish(frame, frameHeadBytes, frame.length - 1, view);
        expect({
          name: 'basic.publish',
          exchange: frame.toString('utf8', view.exchangeStart, view.exchangeEnd),
          routingKey: frame.toString('utf8', view.routingKeyStart, view.routingKeyEnd),
          mandatory: view.mandatory,
          immediate: view.immediate,
        }).toEqual(method);
        const bytes = view.exchangeEnd - view.exchangeStart + view.routingKeyEnd - view.routingKeyStart;
        expect(view.envelopeEnd - view.envelopeStart).toBe(bytes + 2);
      }),
    );
  });

  it('basic.publish: every truncation and a byte too many are a 502', () => {
    const view = new PublishView();
    const frame = encodeMethod(3, {
      name: 'basic.publish',
      exchange: 'orders',
      routingKey: 'eu.fr',
      mandatory: true,
      immediate: false,
    });
    const end = frame.length - 1;
    for (let cut = frameHeadBytes + 4; cut < end; cut++) {
      expect(
        violation(() => {
          readPublish(frame, frameHeadBytes, cut, view);
        }).replyCode,
      ).toBe(502);
    }
    expect(
      violation(() => {
        readPublish(frame, frameHeadBytes, end + 1, view);
      }).replyCode,
    ).toBe(502);
  });

  it.each(['basic.ack', 'basic.nack', 'basic.reject'] as const)('%s', (name) => {
    const view = new AcknowledgementView();
    fc.assert(
      fc.property(arbitraryMethod(name), (method) => {
        const frame = encodeMethod(3, method);
        readAcknowledgement(frame, frameHeadBytes, frame.length - 1, view);
        expect({ multiple: false, requeue: false, ...method }).toEqual(Object.assign({ name }, view));
        const cut = frame.length - 2;
        expect(
          violation(() => {
            readAcknowledgement(frame, frameHeadBytes, cut, view);
          }).replyCode,
        ).toBe(502);
      }),
    );
  });
});
