/** Bodies that do not fit a frame, a buffer or the limit, in and out. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChunkReference } from '../../broker/index.js';
import { seededRandom } from '../../kernel/index.js';
import { encodeMethod, frameTypes } from './codec/index.js';
import { contentHeader, frameBytes, persistent, type TestClient } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let client: TestClient;

beforeEach(async () => {
  server = await startTestServer({ messageBytesMax: 2_000_000 });
  client = await server.open();
  await client.channel();
  await client.queue('q');
});

afterEach(() => server.stop());

const random = seededRandom(5);

async function got(from: TestClient = client): Promise<Buffer> {
  from.send(1, { name: 'basic.get', queue: 'q', noAck: true });
  await from.next('basic.get-ok');
  return (await from.content()).body;
}

describe('a body', () => {
  it.each([
    [0, 131_064],
    [1, 1],
    [65_536, 131_064],
    [65_536, 1_000],
    [65_537, 131_064],
    [131_064, 131_064],
    [131_065, 131_064],
    [300_000, 7],
    [2_000_000, 131_064],
    [1_999_999, 10_007],
  ])('of %i bytes in frames of %i comes back as it went in', async (bytes, pieceBytes) => {
    const body = random.bytes(bytes);
    client.publish('q', body, { pieceBytes });
    expect((await got()).equals(body)).toBe(true);
  });

  it('keeps to the consumer’s smaller frames', async () => {
    const small = await server.open({ frameMax: 4096 });
    await small.channel();
    const body = random.bytes(500_000);
    client.publish('q', body);
    client.send(1, { name: 'basic.qos', prefetchSize: 0, prefetchCount: 1, global: false });
    await client.next('basic.qos-ok');
    expect((await got(small)).equals(body)).toBe(true);
  });

  it('with properties of many kilobytes comes back too', async () => {
    const value = 'v'.repeat(100_000);
    const entry = Buffer.concat([Buffer.from('\x01hS'), lengthOf(value.length), Buffer.from(value)]);
    const properties = Buffer.concat([Buffer.from([0x20, 0]), lengthOf(entry.length), entry]);
    const body = random.bytes(200_000);
    client.publish('q', body, { properties });
    client.send(1, { name: 'basic.get', queue: 'q', noAck: true });
    await client.next('basic.get-ok');
    const content = await client.content();
    expect(content.properties.equals(properties)).toBe(true);
    expect(content.body.equals(body)).toBe(true);
  });

  it('that finds no queue comes back to its publisher whole', async () => {
    for (const bytes of [0, 10, 70_000, 1_000_000]) {
      const body = random.bytes(bytes);
      client.publish('nowhere', body, { mandatory: true });
      await client.next('basic.return');
      expect((await client.content()).body.equals(body)).toBe(true);
    }
  });

  it('over the limit closes its channel with 406 before it comes, and the rest of it is ignored', async () => {
    client.publish('q', Buffer.alloc(2_000_001));
    expect(await client.next('channel.close')).toMatchObject({
      replyCode: 406,
      replyText: 'PRECONDITION_FAILED - message size 2000001 is larger than configured max size 2000000',
      classId: 60,
      methodId: 40,
    });
    client.send(1, { name: 'channel.close-ok' });
    await client.channel();
    await client.queue('q');
  });

  it('that is abandoned by its channel or connection leaves nothing behind', async () => {
    const half = [
      encodeMethod(1, {
        name: 'basic.publish',
        exchange: '',
        routingKey: 'q',
        mandatory: false,
        immediate: false,
      }),
      frameBytes(frameTypes.header, 1, contentHeader(300_000, persistent)),
      frameBytes(frameTypes.body, 1, Buffer.alloc(100_000)),
    ];
    const held = new Set<ChunkReference>();
    const released: number[] = [];
    const { broker } = server;
    const appendChunk = broker.appendChunk.bind(broker);
    broker.appendChunk = (buffer, start, end) => {
      const chunk = appendChunk(buffer, start, end);
      held.add(chunk);
      return chunk;
    };
    const releaseChunks = broker.releaseChunks.bind(broker);
    broker.releaseChunks = (chunks) => {
      released.push(chunks.length);
      for (const chunk of chunks) held.delete(chunk);
      releaseChunks(chunks);
    };
    const closing = await server.open();
    await closing.channel();
    closing.write(Buffer.concat(half));
    closing.send(1, { name: 'basic.qos', prefetchSize: 0, prefetchCount: 1, global: false });
    expect(await closing.next('connection.close')).toMatchObject({ replyCode: 505 });
    expect([released.length, held.size]).toEqual([1, 0]);
    const vanishing = await server.open();
    await vanishing.channel();
    vanishing.write(Buffer.concat(half));
    vanishing.socket.end();
    await vanishing.ended();
    while (released.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(released.every((chunks) => chunks > 0)).toBe(true);
    expect(held.size).toBe(0);
  });
});

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}
