/** Large bodies on their way to clients: what they pin, who else waits, and how they end before their end. */
import { afterEach, describe, expect, it } from 'vitest';
import { emptyFieldTable } from '../../broker/index.js';
import { seededRandom } from '../../kernel/index.js';
import { heartbeatFrame } from './codec/index.js';
import type { TestClient } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';
import { tickMs } from './heartbeat-scan.js';

const random = seededRandom(9);
/** What the system's own buffers do not swallow. */
const body = random.bytes(12_000_000);
/** Caches that hold little of a body. */
const smallCaches = {
  tailCacheBytes: 512 * 1024,
  blockCacheBytes: 512 * 1024,
  segmentBytes: 4 * 1024 * 1024,
};
const bufferedBytesMax = 384 * 1024 + 8_192;
const servers: TestServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function started(): Promise<TestServer> {
  const server = await startTestServer({}, undefined, smallCaches);
  servers.push(server);
  return server;
}

/** A client with a channel in confirm mode. */
async function opened(server: TestServer, frameMax = 131_072, heartbeat = 0): Promise<TestClient> {
  const client = await server.open({ frameMax, heartbeat });
  await client.channel();
  client.send(1, { name: 'confirm.select', noWait: false });
  await client.next('confirm.select-ok');
  return client;
}

async function queued(server: TestServer, queue: string, ...bodies: readonly Buffer[]): Promise<void> {
  const client = await opened(server);
  await client.queue(queue);
  for (const one of bodies) {
    client.publish(queue, one);
    await client.next('basic.ack');
  }
  client.close();
}

async function consume(client: TestClient, queue: string, noAck = false): Promise<void> {
  client.send(1, {
    name: 'basic.consume',
    ...{ queue, consumerTag: 'c', noLocal: false, noAck, exclusive: false, noWait: false },
    arguments: emptyFieldTable,
  });
  await client.next('basic.consume-ok');
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(met: () => boolean): Promise<void> {
  while (!met()) await turn();
}

/** Reads no further once the delivery has begun, and returns when nothing more moves. */
async function stalled(server: TestServer, ...clients: readonly TestClient[]): Promise<void> {
  for (const { socket } of clients) socket.pause();
  const sent = (): number => server.server.connections().reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  for (let calm = 0, before = -1; calm < 300; calm = sent() === before ? calm + 1 : 0) {
    before = sent();
    await turn();
  }
}

async function delivered(client: TestClient): Promise<Buffer> {
  await client.next('basic.deliver');
  return (await client.content()).body;
}

const bufferedBytes = (server: TestServer): number[] =>
  server.server.connections().map((connection) => connection.bufferedBytes);

describe('clients that do not read', () => {
  it('pin a little of a large body each, and nobody waits for them', async () => {
    const server = await started();
    const count = 100;
    const clients: TestClient[] = [];
    for (let n = 0; n < count; n++) {
      const client = await opened(server);
      await client.queue(`q${n}`);
      client.send(1, {
        name: 'queue.bind',
        ...{ queue: `q${n}`, exchange: 'amq.fanout', routingKey: '', noWait: false },
        arguments: emptyFieldTable,
      });
      await client.next('queue.bind-ok');
      await consume(client, `q${n}`);
      client.socket.pause();
      clients.push(client);
    }
    const publisher = await opened(server);
    publisher.publish('', body, { exchange: 'amq.fanout' });
    await publisher.next('basic.ack');
    await stalled(server, ...clients);
    const pinned = bufferedBytes(server);
    expect(pinned).toHaveLength(count + 1);
    // Each was begun, and none could be brought to its end.
    expect(pinned.filter((bytes) => bytes > 0)).toHaveLength(count);
    for (const bytes of pinned) expect(bytes).toBeLessThan(bufferedBytesMax);
    await queued(server, 'small', Buffer.from('hello'));
    publisher.send(1, { name: 'basic.get', queue: 'small', noAck: true });
    await publisher.next('basic.get-ok');
    expect((await publisher.content()).body.toString()).toBe('hello');
    for (const client of clients) client.close();
    await until(() => server.server.connectionCount === 1);
    publisher.send(1, { name: 'basic.get', queue: 'q7', noAck: true });
    await publisher.next('basic.get-ok');
    expect((await publisher.content()).body.equals(body)).toBe(true);
  });

  it('keep their connection by heartbeats, which stand between frames', async () => {
    const server = await started();
    await queued(server, 'q', body);
    const client = await opened(server, 131_072, 4);
    await consume(client, 'q');
    await stalled(server, client);
    for (let ms = 0; ms < 20_000; ms += tickMs) {
      server.clock.advance(tickMs);
      if (ms % 1_000 === 0) client.write(heartbeatFrame);
      await turn();
    }
    client.socket.resume();
    await client.next('basic.deliver');
    let beats = 0;
    let bytes = 0;
    while (bytes < body.length || beats === 0) {
      const arrival = await client.take();
      if (arrival.kind === 'heartbeat') beats++;
      else if (arrival.kind === 'body') {
        expect(arrival.payload.equals(body.subarray(bytes, bytes + arrival.payload.length))).toBe(true);
        bytes += arrival.payload.length;
      } else expect(arrival.kind).toBe('header');
    }
    expect(beats).toBeGreaterThan(0);
  });

  it('get what they asked for meanwhile behind the body, confirms too', async () => {
    const server = await started();
    await queued(server, 'q', body);
    const client = await opened(server);
    await consume(client, 'q');
    await stalled(server, client);
    client.publish('q', 'small');
    client.send(1, { name: 'queue.declare', ...declared('another') });
    client.socket.resume();
    expect((await delivered(client)).equals(body)).toBe(true);
    const names: string[] = [];
    while (names.length < 2) {
      const arrival = await client.take();
      if (arrival.kind === 'method' && arrival.method.name !== 'basic.deliver')
        names.push(arrival.method.name);
    }
    expect(names.sort()).toEqual(['basic.ack', 'queue.declare-ok']);
  });
});

function declared(queue: string) {
  return {
    ...{ queue, passive: false, durable: true, exclusive: false, autoDelete: false, noWait: false },
    arguments: emptyFieldTable,
  };
}

describe('a body that a client takes only in part', () => {
  it('is for another when the client is gone', async () => {
    const server = await started();
    await queued(server, 'q', body);
    const client = await opened(server);
    await consume(client, 'q');
    await stalled(server, client);
    client.close();
    const other = await opened(server, 4_096);
    await consume(other, 'q');
    expect((await delivered(other)).equals(body)).toBe(true);
    expect(server.broker.journal.stats().liveBytes).toBeGreaterThan(body.length);
    other.send(1, { name: 'basic.ack', deliveryTag: 1, multiple: false });
    await until(() => server.broker.journal.stats().liveBytes === 0);
  });

  it('gives its pieces up when the client is gone, though nobody holds its message', async () => {
    const server = await started();
    await queued(server, 'q', body);
    const client = await opened(server);
    await consume(client, 'q', true);
    await stalled(server, client);
    expect(server.broker.journal.stats().liveBytes).toBe(body.length);
    client.close();
    await until(() => server.broker.journal.stats().liveBytes === 0);
  });

  it('comes to its end though its queue is deleted, and its channel closes behind it', async () => {
    const server = await started();
    await queued(server, 'q', body);
    const client = await opened(server);
    await consume(client, 'q');
    await stalled(server, client);
    client.send(1, { name: 'queue.delete', queue: 'q', ifUnused: false, ifEmpty: false, noWait: false });
    const close = { replyCode: 200, replyText: '', classId: 0, methodId: 0 };
    client.send(1, { name: 'channel.close', ...close });
    await until(() => server.broker.administration.listQueues('/').length === 0);
    client.socket.resume();
    expect((await delivered(client)).equals(body)).toBe(true);
    await client.next('queue.delete-ok');
    await client.next('channel.close-ok');
  });

  it('ends the connection where it cannot be read further, and stands aside', async () => {
    const server = await started();
    await queued(server, 'q', body, Buffer.from('behind'));
    const client = await opened(server);
    await consume(client, 'q');
    await stalled(server, client);
    const directory = '/data/journal/segments';
    for (const name of await server.disk.list(directory)) server.disk.failReads(`${directory}/${name}`);
    client.socket.resume();
    await client.next('basic.deliver');
    let bytes = 0;
    let last = await client.take();
    for (; last.kind !== 'method'; last = await client.take())
      if (last.kind === 'body') bytes += last.payload.length;
    expect(last.method).toMatchObject({ name: 'connection.close', replyCode: 541 });
    expect(bytes).toBeLessThan(body.length);
    server.disk.heal();
    const other = await opened(server);
    await consume(other, 'q');
    expect((await delivered(other)).toString()).toBe('behind');
    expect(server.server.connectionCount).toBe(2);
  });
});
