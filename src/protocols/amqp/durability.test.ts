/** State advances at append; the world hears at the watermark: what must not leave before its sync does not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyFieldTable } from '../../broker/index.js';
import type { TestClient } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const hourMs = 3_600_000;
let server: TestServer;
let client: TestClient;

beforeEach(async () => {
  server = await startTestServer();
  client = await server.open({ capabilities: { 'basic.nack': true } });
  await client.channel();
  await client.queue('q');
  client.send(1, { name: 'confirm.select', noWait: false });
  await client.next('confirm.select-ok');
});

afterEach(async () => {
  server.disk.heal();
  server.diskClock.advance(hourMs);
  await server.stop();
});

/** From now on no sync ends before `syncs` is called. */
function stopSyncs(): void {
  server.disk.slow('sync', hourMs);
}

function syncs(): void {
  server.disk.heal();
  server.diskClock.advance(hourMs);
}

/** Waits until the server has read everything, gives it the turns to answer in, and shows that it has not. */
async function silence(quiet: TestClient = client): Promise<void> {
  const { localPort } = quiet.socket;
  const received = (): number | undefined =>
    server.server.connections().find(({ peerPort }) => peerPort === localPort)?.receivedBytes;
  while (received() !== quiet.socket.bytesWritten) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(quiet.arrivals).toEqual([]);
}

describe('before the sync nothing is heard of', () => {
  it('a confirm', async () => {
    stopSyncs();
    client.publish('q', 'a');
    client.publish('q', 'b');
    await silence();
    syncs();
    const confirms = [await client.next('basic.ack')];
    if (confirms[0]!.deliveryTag === 1) confirms.push(await client.next('basic.ack'));
    expect(confirms.at(-1)!.deliveryTag).toBe(2);
  });

  it('a delivery, to whomever', async () => {
    const consumer = await server.open();
    await consumer.channel();
    consumer.send(1, {
      name: 'basic.consume',
      queue: 'q',
      consumerTag: 'c',
      noLocal: false,
      noAck: true,
      exclusive: false,
      noWait: false,
      arguments: emptyFieldTable,
    });
    await consumer.next('basic.consume-ok');
    stopSyncs();
    client.publish('q', 'a');
    await silence(consumer);
    syncs();
    expect(await consumer.next('basic.deliver')).toMatchObject({ routingKey: 'q', deliveryTag: 1 });
    expect((await consumer.content()).body.toString()).toBe('a');
  });

  it('a declaration, nor what is asked after it on any channel', async () => {
    await client.channel(2);
    stopSyncs();
    client.send(1, {
      name: 'exchange.declare',
      exchange: 'x',
      type: 'direct',
      passive: false,
      durable: true,
      autoDelete: false,
      internal: false,
      noWait: false,
      arguments: emptyFieldTable,
    });
    client.send(2, { name: 'basic.qos', prefetchSize: 0, prefetchCount: 1, global: false });
    await silence();
    syncs();
    await client.next('exchange.declare-ok');
    await client.next('basic.qos-ok');
  });

  it('a commit', async () => {
    await client.channel(2);
    client.send(2, { name: 'tx.select' });
    await client.next('tx.select-ok');
    stopSyncs();
    client.publish('q', 'a', { channel: 2 });
    client.send(2, { name: 'tx.commit' });
    await silence();
    syncs();
    await client.next('tx.commit-ok');
  });

  it('the end of a channel that published', async () => {
    await client.channel(2);
    stopSyncs();
    client.publish('q', 'a', { channel: 2 });
    client.send(2, { name: 'channel.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    await silence();
    syncs();
    await client.next('channel.close-ok');
  });

  it('the end of a connection that published', async () => {
    stopSyncs();
    const other = await server.open();
    await other.channel();
    other.publish('q', 'a');
    other.send(0, { name: 'connection.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    await silence(other);
    syncs();
    await other.next('connection.close-ok');
    await other.ended();
  });
});

describe('what need not wait does not', () => {
  it('heartbeats, while the disk stands still', async () => {
    const beating = await server.open({ heartbeat: 2 });
    await beating.channel();
    stopSyncs();
    beating.publish('q', 'a');
    beating.send(1, { name: 'channel.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    await silence(beating);
    server.clock.advance(1000);
    expect(await beating.take()).toEqual({ kind: 'heartbeat' });
    server.clock.advance(1000);
    expect(await beating.take()).toEqual({ kind: 'heartbeat' });
    syncs();
    await beating.next('channel.close-ok');
  });

  it('a return comes before its confirm', async () => {
    client.publish('nowhere', 'a', { mandatory: true });
    expect(await client.next('basic.return')).toMatchObject({
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange: '',
      routingKey: 'nowhere',
    });
    expect((await client.content()).body.toString()).toBe('a');
    expect(await client.next('basic.ack')).toMatchObject({ deliveryTag: 1, multiple: false });
  });
});
