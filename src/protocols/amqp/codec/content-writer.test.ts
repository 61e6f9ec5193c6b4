import fc from 'fast-check';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeProperties } from '../../../broker/content/index.js';
import {
  confirmFrameBytes,
  ContentSource,
  copyBytes,
  deliverBytes,
  deliverMethodBytes,
  encodeMethod,
  getOkBytes,
  returnBytes,
  writeAck,
  writeDeliver,
  writeDeliverMethod,
  writeGetOk,
  writeNack,
  writeReturn,
  type Method,
} from './index.js';

const require = createRequire(import.meta.url);
const lib = join(dirname(require.resolve('amqplib')), 'lib');
/** An independent writer of content headers and reader of frames. */
const oracle = {
  ...(require(join(lib, 'defs.js')) as {
    encodeProperties(number: number, channel: number, bytes: number, fields: object): Buffer;
  }),
  ...(require(join(lib, 'frame.js')) as { makeBodyFrame(channel: number, payload: Buffer): Buffer }),
};

const fields = { contentType: 'text/plain', deliveryMode: 2, priority: 3, messageId: 'm-1' };

/** A source whose three parts lie at odd offsets of their buffers. */
function source(exchange: string, routingKey: string, body: Buffer): ContentSource {
  const content = new ContentSource();
  const names = [exchange, routingKey].map((name) => Buffer.from(name));
  const envelope = Buffer.concat(names.flatMap((name) => [Buffer.from([name.length]), name]));
  [content.envelope, content.envelopeStart, content.envelopeEnd] = padded(envelope, 3);
  [content.properties, content.propertiesStart, content.propertiesEnd] = padded(encodeProperties(fields), 5);
  [content.body, content.bodyStart, content.bodyEnd] = padded(body, 7);
  return content;
}

function padded(bytes: Buffer, by: number): [Buffer, number, number] {
  return [Buffer.concat([Buffer.alloc(by, 0xee), bytes, Buffer.alloc(by, 0xee)]), by, by + bytes.length];
}

/** What the frames should be, by the general encoder and amqplib. */
function frames(channel: number, method: Method, body: Buffer, frameMax: number): Buffer {
  const parts = [encodeMethod(channel, method), oracle.encodeProperties(60, channel, body.length, fields)];
  for (let at = 0; at < body.length; at += frameMax - 8) {
    parts.push(oracle.makeBodyFrame(channel, body.subarray(at, at + frameMax - 8)));
  }
  return Buffer.concat(parts);
}

/** What `write` writes at an offset into a target of exactly `bytes` bytes more. */
function written(bytes: number, write: (target: Buffer, at: number) => number): Buffer {
  const target = Buffer.alloc(11 + bytes);
  expect(write(target, 11)).toBe(target.length);
  return target.subarray(11);
}

const name = fc.string({ unit: 'grapheme-ascii', maxLength: 255 });
const tag = fc.nat(Number.MAX_SAFE_INTEGER);
const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe('messages to a peer', () => {
  it('basic.deliver', () => {
    fc.assert(
      fc.property(
        name,
        name,
        name,
        tag,
        fc.boolean(),
        octets,
        fc.integer({ min: 30, max: 400 }),
        (...given) => {
          const [consumerTag, exchange, routingKey, deliveryTag, redelivered, body, frameMax] = given;
          const content = source(exchange, routingKey, body);
          const tagBytes = Buffer.from(consumerTag);
          const actual = written(deliverBytes(tagBytes, content, frameMax), (target, at) =>
            writeDeliver(target, at, 513, tagBytes, deliveryTag, redelivered, content, frameMax),
          );
          const method = {
            name: 'basic.deliver',
            consumerTag,
            deliveryTag,
            redelivered,
            exchange,
            routingKey,
          } as const;
          expect(actual).toEqual(frames(513, method, body, frameMax));
        },
      ),
    );
  });

  it('basic.deliver alone, for a body that is streamed', () => {
    const content = source('e', 'k', Buffer.alloc(0));
    const consumerTag = Buffer.from('ctag');
    const actual = written(deliverMethodBytes(consumerTag, content), (target, at) =>
      writeDeliverMethod(target, at, 1, consumerTag, 2 ** 40, true, content),
    );
    const method = {
      name: 'basic.deliver',
      consumerTag: 'ctag',
      deliveryTag: 2 ** 40,
      redelivered: true,
    } as const;
    expect(actual).toEqual(encodeMethod(1, { ...method, exchange: 'e', routingKey: 'k' }));
  });

  it('basic.get-ok', () => {
    fc.assert(
      fc.property(name, tag, fc.nat(0xffff_ffff), octets, (routingKey, deliveryTag, messageCount, body) => {
        const content = source('', routingKey, body);
        const actual = written(getOkBytes(content, 4096), (target, at) =>
          writeGetOk(target, at, 2, deliveryTag, true, messageCount, content, 4096),
        );
        const method = { name: 'basic.get-ok', deliveryTag, redelivered: true, messageCount } as const;
        expect(actual).toEqual(frames(2, { ...method, exchange: '', routingKey }, body, 4096));
      }),
    );
  });

  it('basic.return', () => {
    const body = Buffer.from('hello');
    const content = source('orders', 'nowhere', body);
    const replyText = Buffer.from('NO_ROUTE');
    const actual = written(returnBytes(replyText, content, 4096), (target, at) =>
      writeReturn(target, at, 2, 312, replyText, content, 4096),
    );
    const method = { name: 'basic.return', replyCode: 312, replyText: 'NO_ROUTE' } as const;
    expect(actual).toEqual(frames(2, { ...method, exchange: 'orders', routingKey: 'nowhere' }, body, 4096));
  });

  it('splits a body at exactly the agreed frame size', () => {
    for (const length of [4087, 4088, 4089, 8176, 8177]) {
      const body = Buffer.alloc(length, 5);
      const content = source('', 'k', body);
      const consumerTag = Buffer.from('c');
      const actual = written(deliverBytes(consumerTag, content, 4096), (target, at) =>
        writeDeliver(target, at, 1, consumerTag, 1, false, content, 4096),
      );
      const method = { name: 'basic.deliver', consumerTag: 'c', deliveryTag: 1, redelivered: false } as const;
      expect(actual).toEqual(frames(1, { ...method, exchange: '', routingKey: 'k' }, body, 4096));
    }
  });
});

describe('confirms', () => {
  it('basic.ack and basic.nack', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), tag, fc.boolean(), (channel, deliveryTag, multiple) => {
        const ack = written(confirmFrameBytes, (target, at) =>
          writeAck(target, at, channel, deliveryTag, multiple),
        );
        expect(ack).toEqual(encodeMethod(channel, { name: 'basic.ack', deliveryTag, multiple }));
        const nack = written(confirmFrameBytes, (target, at) =>
          writeNack(target, at, channel, deliveryTag, multiple),
        );
        expect(nack).toEqual(
          encodeMethod(channel, { name: 'basic.nack', deliveryTag, multiple, requeue: false }),
        );
      }),
    );
  });
});

describe('copying', () => {
  it('copies every length and touches nothing else', () => {
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, index) => index));
    for (let length = 0; length <= 120; length++) {
      const target = Buffer.alloc(200, 0xee);
      expect(copyBytes(target, 9, bytes, 5, 5 + length)).toBe(9 + length);
      expect(target.subarray(9, 9 + length)).toEqual(bytes.subarray(5, 5 + length));
      expect(target.subarray(0, 9).every((octet) => octet === 0xee)).toBe(true);
      expect(target.subarray(9 + length).every((octet) => octet === 0xee)).toBe(true);
    }
  });
});
