/**
 * Hostile input over real sockets: whatever arrives, it ends at most its own connection, and the server serves the
 * next one. The seed of the fuzzing is printed when it fails; `SLUICE_SEED` repeats it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFieldTable } from '../../broker/index.js';
import { seededRandom, type Random } from '../../kernel/index.js';
import { encodeMethod, frameTypes, methodNames, methodNumber, protocolHeader } from './codec/index.js';
import { amqpEvents } from './logger.js';
import { contentHeader, frameBytes, persistent, publishBytes, queueDeclare } from './testing/test-client.js';
import type { TestClient } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
/** Connected before and used after everything else: another connection must notice nothing. */
let witness: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  witness = await server.open();
  await witness.channel();
  await witness.queue('witness');
});

afterAll(() => server.stop());

async function stillServes(): Promise<void> {
  witness.publish('witness', 'here');
  witness.send(1, { name: 'basic.get', queue: 'witness', noAck: true });
  await witness.next('basic.get-ok');
  expect((await witness.content()).body.toString()).toBe('here');
}

async function openChannel(): Promise<TestClient> {
  const client = await server.open();
  await client.channel();
  await client.queue('fuzz');
  return client;
}

/** The code of the `connection.close` that the server answers, or `cut` where it just ends the socket. */
async function fateOf(client: TestClient): Promise<number | 'cut'> {
  for (;;) {
    const arrival = await client.take();
    if (arrival.kind === 'end') return 'cut';
    if (arrival.kind === 'method' && arrival.method.name === 'connection.close') {
      client.send(0, { name: 'connection.close-ok' });
      await client.ended();
      return arrival.method.replyCode;
    }
  }
}

const publishMethod = encodeMethod(1, {
  name: 'basic.publish',
  exchange: '',
  routingKey: 'fuzz',
  mandatory: false,
  immediate: false,
});

/** Tables in tables, each the only entry of the one around it. */
function nestedTable(depth: number): Buffer {
  let table = Buffer.from([0, 0, 0, 0]);
  for (let level = 0; level < depth; level++) {
    const entry = Buffer.concat([Buffer.from('\x01aF'), table]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(entry.length);
    table = Buffer.concat([length, entry]);
  }
  return table;
}

function declareWith(table: Buffer): Buffer {
  const declare = encodeMethod(1, { ...queueDeclare, queue: 'fuzz' });
  // The frame ends with an empty table and the end octet.
  const payload = Buffer.concat([declare.subarray(7, -5), table]);
  return frameBytes(frameTypes.method, 1, payload);
}

describe('before the sign-in', () => {
  it.each<[string, Buffer]>([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['AMQP 1.0', Buffer.from('AMQP\0\x01\0\0')],
    ['AMQP 0-8', Buffer.from('AMQP\x01\x01\x08\0')],
    ['TLS', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1])],
    ['anything', Buffer.alloc(100_000, 'x')],
  ])('%s is answered with our protocol header', async (_, bytes) => {
    const client = await server.connect();
    client.write(bytes);
    await client.ended();
    expect(Buffer.concat(client.raw).equals(protocolHeader)).toBe(true);
    await stillServes();
  });

  it.each<[string, Buffer, number]>([
    ['a frame over 8 KiB', frameBytes(1, 0, Buffer.alloc(8193)), 501],
    ['the head of a frame of 4 GiB', Buffer.from([1, 0, 0, 0xff, 0xff, 0xff, 0xff]), 501],
    ['a channel', encodeMethod(1, { name: 'channel.open' }), 505],
    ['a whole message', publishBytes({ exchange: '', routingKey: 'x', body: Buffer.from('y') }), 505],
    ['connection.open', encodeMethod(0, { name: 'connection.open', virtualHost: '/' }), 504],
    ['a method of the server', encodeMethod(0, { name: 'connection.open-ok' }), 504],
  ])('%s: %i', async (_, bytes, code) => {
    const client = await server.connect();
    client.write(Buffer.concat([protocolHeader, bytes]));
    await client.next('connection.start');
    expect(await fateOf(client)).toBe(code);
    await stillServes();
  });

  it('tables nested by the hundred are refused', async () => {
    const client = await server.connect();
    client.write(protocolHeader);
    await client.next('connection.start');
    const startOk = encodeMethod(0, {
      name: 'connection.start-ok',
      clientProperties: emptyFieldTable,
      mechanism: 'PLAIN',
      response: Buffer.from('\0guest\0guest'),
      locale: 'en_US',
    });
    const payload = Buffer.concat([startOk.subarray(7, 11), nestedTable(500), startOk.subarray(15, -1)]);
    client.write(frameBytes(frameTypes.method, 0, payload));
    expect(await fateOf(client)).toBe(502);
    await stillServes();
  });

  it('a client that pipelines its whole handshake is served', async () => {
    const client = await server.connect();
    client.write(
      Buffer.concat([
        protocolHeader,
        encodeMethod(0, {
          name: 'connection.start-ok',
          clientProperties: emptyFieldTable,
          mechanism: 'PLAIN',
          response: Buffer.from('\0guest\0guest'),
          locale: 'en_US',
        }),
        encodeMethod(0, { name: 'connection.tune-ok', channelMax: 10, frameMax: 131_072, heartbeat: 0 }),
        encodeMethod(0, { name: 'connection.open', virtualHost: '/' }),
        encodeMethod(1, { name: 'channel.open' }),
        publishBytes({ exchange: '', routingKey: 'fuzz', body: Buffer.from('x') }),
      ]),
    );
    await client.next('connection.start');
    await client.next('connection.tune');
    await client.next('connection.open-ok');
    await client.next('channel.open-ok');
    client.close();
  });
});

describe('after it', () => {
  it.each<[string, readonly Buffer[], number]>([
    ['a frame over the maximum', [frameBytes(3, 1, Buffer.alloc(131_073))], 501],
    ['a frame without its end', [frameBytes(1, 1, Buffer.alloc(4), 0)], 501],
    [
      'more body than was declared',
      [publishMethod, frameBytes(2, 1, contentHeader(3, persistent)), frameBytes(3, 1, Buffer.alloc(4))],
      501,
    ],
    [
      'more body than was declared, late',
      [
        publishMethod,
        frameBytes(2, 1, contentHeader(100_000, persistent)),
        frameBytes(3, 1, Buffer.alloc(99_999)),
        frameBytes(3, 1, Buffer.alloc(2)),
      ],
      501,
    ],
    ['a header without a method', [frameBytes(2, 1, contentHeader(3, persistent))], 505],
    ['a method inside a content', [publishMethod, encodeMethod(1, { name: 'tx.select' })], 505],
    [
      'an acknowledgement inside a content',
      [publishMethod, encodeMethod(1, { name: 'basic.ack', deliveryTag: 0, multiple: true })],
      505,
    ],
    ['a publish inside a content', [publishMethod, publishMethod], 505],
    [
      'a whole message inside a content',
      [publishMethod, publishBytes({ exchange: '', routingKey: 'fuzz', body: Buffer.from('x') })],
      505,
    ],
    ['tables nested by the hundred', [declareWith(nestedTable(500))], 502],
    [
      'properties that end early',
      [publishMethod, frameBytes(2, 1, contentHeader(0, Buffer.from([0x10, 0])))],
      502,
    ],
    [
      'property flags without end',
      [publishMethod, frameBytes(2, 1, contentHeader(0, Buffer.alloc(1000, 0xff)))],
      502,
    ],
    [
      'immediate',
      [publishBytes({ exchange: '', routingKey: 'fuzz', body: Buffer.from('x'), immediate: true })],
      540,
    ],
    [
      'a body of nearly 2^64 bytes',
      [
        publishMethod,
        frameBytes(2, 1, Buffer.concat([Buffer.from([0, 60, 0, 0]), Buffer.alloc(8, 0xff), persistent])),
        encodeMethod(1, { name: 'channel.open' }),
        encodeMethod(2, { name: 'tx.select' }),
      ],
      504,
    ],
  ])('%s ends the connection', async (_, frames, code) => {
    const client = await openChannel();
    client.write(Buffer.concat(frames));
    expect(await fateOf(client)).toBe(code);
    await stillServes();
  });

  it('empty body frames without end cost no memory and change nothing', async () => {
    const client = await openChannel();
    client.write(Buffer.concat([publishMethod, frameBytes(2, 1, contentHeader(100_000, persistent))]));
    const empty = Buffer.concat(Array.from({ length: 50_000 }, () => frameBytes(3, 1, Buffer.alloc(0))));
    client.write(empty);
    client.write(frameBytes(3, 1, Buffer.alloc(100_000, 'z')));
    client.send(1, { name: 'basic.get', queue: 'fuzz', noAck: true });
    await client.next('basic.get-ok');
    expect((await client.content()).body.length).toBe(100_000);
    client.close();
  });

  it('frames after a channel error have no effect', async () => {
    const client = await openChannel();
    client.send(1, { ...queueDeclare, queue: 'missing', passive: true });
    client.send(1, { ...queueDeclare, queue: 'never made' });
    client.publish('fuzz', 'never published');
    client.send(1, { name: 'basic.ack', deliveryTag: 77, multiple: false });
    client.send(1, { name: 'channel.open' });
    client.send(1, { name: 'channel.close-ok' });
    expect(await client.next('channel.close')).toMatchObject({ replyCode: 404, classId: 50, methodId: 10 });
    await client.channel();
    client.send(1, { ...queueDeclare, queue: 'fuzz', passive: true });
    expect(await client.next('queue.declare-ok')).toMatchObject({ messageCount: 0 });
    client.send(1, { ...queueDeclare, queue: 'never made', passive: true });
    expect(await client.next('channel.close')).toMatchObject({ replyCode: 404 });
    client.close();
  });

  it('closes of both sides may cross', async () => {
    const client = await openChannel();
    client.send(1, { ...queueDeclare, queue: 'missing', passive: true });
    client.send(1, { name: 'channel.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    await client.next('channel.close');
    await client.next('channel.close-ok');
    client.send(1, { name: 'channel.close-ok' });
    await client.channel();
    client.send(0, { name: 'connection.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    await client.next('connection.close-ok');
    await client.ended();
  });
});

const seed = Number(process.env['SLUICE_SEED'] ?? 20_260);

/** One hostile thing: valid frames, broken frames, or noise. */
function hostileBytes(random: Random): Buffer {
  const payload = random.bytes(random.integer(60));
  switch (random.integer(6)) {
    case 0:
      return frameBytes(1 + random.integer(4), random.integer(3), payload);
    case 1:
      return random.bytes(1 + random.integer(40));
    case 2: {
      const name = methodNames[random.integer(methodNames.length)]!;
      const number = Buffer.alloc(4);
      number.writeUInt32BE(methodNumber(name));
      return frameBytes(1, random.integer(3), Buffer.concat([number, payload]));
    }
    case 3: {
      const bytes = publishBytes({ exchange: '', routingKey: 'fuzz', body: payload });
      bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
      return bytes;
    }
    case 4: {
      const bytes = encodeMethod(1, { ...queueDeclare, queue: `fuzz ${random.integer(10)}` });
      return bytes.subarray(0, random.integer(bytes.length));
    }
    default:
      return publishBytes({
        exchange: '',
        routingKey: 'fuzz',
        body: payload,
        pieceBytes: 1 + random.integer(9),
      });
  }
}

describe('noise', () => {
  it(`never ends anything but its own connection (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 150; round++) {
      const client = await openChannel();
      for (let count = 1 + random.integer(8); count > 0; count--) client.write(hostileBytes(random));
      // Something that cannot be an answer to anything: whatever state the stream is in, this ends it.
      client.socket.end();
      await client.ended();
    }
    await stillServes();
    expect(server.log.filter(({ event }) => event === amqpEvents.internalError)).toEqual([]);
    while (server.server.connectionCount > 1) await new Promise((resolve) => setImmediate(resolve));
  });
});
