/** The server through real sockets: what concerns more than one connection, and each one's bounds. */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeMethod, protocolHeader } from './codec/index.js';
import type { ConnectionReport } from './connection-report.js';
import { amqpEvents } from './logger.js';
import { tickMs } from './heartbeat-scan.js';
import { persistent, queueDeclare, TestClient } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let running: TestServer[] = [];

afterEach(async () => {
  for (const server of running) await server.stop();
  running = [];
});

async function start(settings: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  const server = await startTestServer(settings);
  running.push(server);
  return server;
}

/** Lets the server's scan run for `ms`, one tick after the other. */
function pass(server: TestServer, ms: number): void {
  for (let at = 0; at < ms; at += tickMs) server.clock.advance(tickMs);
}

/** Resolves when `condition` holds, looking again after each turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const events = (server: TestServer): unknown[] => server.log.map(({ event }) => event);

describe('starting and stopping', () => {
  it('names a taken port and leaves nothing open', async () => {
    const first = await start();
    const { AmqpServer } = await import('./server.js');
    const { amqpSettings } = await import('./settings.js');
    const { silentLogger } = await import('./logger.js');
    const second = new AmqpServer({
      broker: first.broker,
      access: first.access,
      clock: first.clock,
      logger: silentLogger,
      settings: amqpSettings.parse({}),
      listeners: [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port: first.port },
      ],
      version: '0',
      clusterName: 'test',
    });
    await expect(second.start()).rejects.toMatchObject({
      code: 'port-taken',
      details: { host: '127.0.0.1', port: first.port },
    });
    const opened = second.ports[0]!;
    await expect(TestClient.connect(opened)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says goodbye with 320 and waits for the answer', async () => {
    const server = await start();
    const client = await server.open();
    const stopped = server.server.stop();
    expect(await client.next('connection.close')).toMatchObject({
      replyCode: 320,
      replyText: "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
    });
    client.send(0, { name: 'connection.close-ok' });
    await client.ended();
    await stopped;
    await server.server.stop();
    expect(server.server.connectionCount).toBe(0);
  });

  it('does not wait for ever for a client that says nothing', async () => {
    const server = await start({ closeMs: 1000 });
    const client = await server.open();
    const stopped = server.server.stop();
    await client.next('connection.close');
    pass(server, 3000);
    await stopped;
  });

  it('ends connections that have not sent a header', async () => {
    const server = await start();
    const client = await server.connect();
    await until(() => server.server.connectionCount === 1);
    await server.server.stop();
    await client.ended();
  });
});

describe('bounds', () => {
  it('turns away connections over the limit, and serves again below it', async () => {
    const server = await start({ connectionsMax: 1 });
    const first = await server.open();
    const second = await server.connect();
    await second.ended();
    expect(server.server.refusedConnections).toBe(1);
    first.close();
    await until(() => server.server.connectionCount === 0);
    await server.open();
  });

  it('lets no more clients into a virtual host than its limit, and others again when one has gone', async () => {
    const server = await start();
    const first = await server.open();
    server.broker.administration.setVhost('/', { connectionsMax: 1 });
    const second = await server.connect();
    second.write(protocolHeader);
    await second.next('connection.start');
    second.signIn();
    await second.next('connection.tune');
    second.send(0, { name: 'connection.tune-ok', channelMax: 2047, frameMax: 131_072, heartbeat: 0 });
    second.send(0, { name: 'connection.open', virtualHost: '/' });
    expect(await second.next('connection.close')).toMatchObject({
      replyCode: 530,
      replyText: expect.stringContaining('connection limit (1) is reached') as string,
    });
    second.send(0, { name: 'connection.close-ok' });
    await second.ended();
    first.close();
    await until(() => server.broker.virtualHosts.get('/')?.clients === 0);
    await server.open();
  });

  it('gives a handshake that trickles its time and no more', async () => {
    const server = await start({ handshakeMs: 2000 });
    const client = await server.connect();
    client.write(protocolHeader);
    await client.next('connection.start');
    for (let sent = 0; sent < 4; sent++) {
      client.write(Buffer.from([[1, 0, 0, 0][sent]!]));
      pass(server, tickMs);
    }
    pass(server, 1000);
    await client.ended();
    expect(events(server)).toContain(amqpEvents.handshakeTimeout);
  });

  it('ends connections that never send anything', async () => {
    const server = await start({ handshakeMs: 2000 });
    const client = await server.connect();
    await until(() => server.server.connectionCount === 1);
    pass(server, 3000);
    await client.ended();
  });

  it('does not cut an open connection at the handshake’s deadline', async () => {
    const server = await start({ handshakeMs: 2000 });
    const client = await server.open();
    pass(server, 60_000);
    await client.channel();
  });

  it('stops reading a client that does not read its answers', async () => {
    const server = await start({ unsentBytesMax: 4096 });
    const client = await server.open();
    await client.channel();
    client.socket.pause();
    const body = Buffer.alloc(50_000, 'x');
    await queued(server, 'big', body);
    const get = { name: 'basic.get', queue: 'big', noAck: false } as const;
    const nack = { name: 'basic.nack', deliveryTag: 0, multiple: true, requeue: true } as const;
    const rounds = 4000;
    const round = Buffer.concat([encodeMethod(1, get), encodeMethod(1, nack)]);
    client.write(Buffer.concat(Array.from({ length: rounds }, () => round)));
    const report = (): ConnectionReport => server.server.connections()[0]!;
    let before = -1;
    // Still when nothing more happened for many turns.
    for (let calm = 0; calm < 200; calm = report().channels[0]!.delivered === before ? calm + 1 : 0) {
      before = report().channels[0]!.delivered;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The system's own buffers take a few megabytes of these.
    expect(report().channels[0]!.delivered).toBeLessThan(rounds / 4);
    client.socket.resume();
    let answers = 0;
    while (answers < rounds) {
      const arrival = await client.take();
      if (arrival.kind === 'method' && arrival.method.name === 'basic.get-ok') answers++;
      expect(arrival.kind).not.toBe('end');
    }
  });
});

async function queued(server: TestServer, queue: string, body: Buffer): Promise<void> {
  const client = await server.open();
  await client.channel();
  await client.queue(queue);
  client.publish(queue, body);
  client.send(1, { name: 'channel.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 });
  await client.next('channel.close-ok');
  client.close();
  await until(() => server.server.connectionCount === 1);
}

describe('heartbeats', () => {
  it('are sent at half the interval when nothing else is', async () => {
    const server = await start();
    const client = await server.open({ heartbeat: 10 });
    pass(server, 5000);
    expect(await client.take()).toEqual({ kind: 'heartbeat' });
    expect(client.arrivals).toEqual([]);
  });

  it('that a client misses twice end its connection', async () => {
    const server = await start();
    const client = await server.open({ heartbeat: 4 });
    pass(server, 8000);
    await client.take();
    expect(server.server.connectionCount).toBe(1);
    pass(server, 1500);
    await client.ended();
    expect(events(server)).toContain(amqpEvents.heartbeatMissed);
  });

  it('of a client keep its connection', async () => {
    const server = await start();
    const client = await server.open({ heartbeat: 4 });
    for (let count = 0; count < 5; count++) {
      const before = server.server.connections()[0]!.receivedBytes;
      client.write(Buffer.from([8, 0, 0, 0, 0, 0, 0, 0xce]));
      await until(() => server.server.connections()[0]!.receivedBytes > before);
      pass(server, 6000);
    }
    expect(server.server.connectionCount).toBe(1);
  });

  it('are not expected of a client that is not read', async () => {
    const server = await start();
    const client = await server.open({ heartbeat: 4, capabilities: { 'connection.blocked': true } });
    await client.channel();
    await client.queue('q');
    server.broker.setAlarm('memory', true);
    client.publish('q', 'x');
    expect(await client.next('connection.blocked')).toMatchObject({ reason: 'low on memory' });
    pass(server, 60_000);
    expect(server.server.connectionCount).toBe(1);
    server.broker.setAlarm('memory', false);
    while ((await client.take()).kind === 'heartbeat');
    expect(server.server.connections()[0]!.state).toBe('running');
  });
});

describe('alarms', () => {
  it('hold publishers, not consumers, and tell those that can be told', async () => {
    const server = await start();
    const consumer = await server.open({ capabilities: { 'connection.blocked': true } });
    await consumer.channel();
    await consumer.queue('q');
    const publisher = await server.open();
    await publisher.channel();
    server.broker.setAlarm('disk', true);
    publisher.publish('q', 'first');
    await until(() => server.server.connections().some(({ state }) => state === 'blocked'));
    publisher.publish('q', 'second');
    consumer.send(1, { name: 'basic.get', queue: 'q', noAck: true });
    expect(await consumer.next('basic.get-ok')).toMatchObject({ messageCount: 0 });
    await consumer.take();
    await consumer.take();
    server.broker.setAlarm('disk', false);
    publisher.send(1, { ...queueDeclare, queue: 'q' });
    expect(await publisher.next('queue.declare-ok')).toMatchObject({ messageCount: 1 });
    expect(consumer.arrivals).toEqual([]);
  });
});

describe('isolation', () => {
  it('closes the connection in which the broker fails with 541, and no other', async () => {
    const server = await start();
    const other = await server.open();
    await other.channel();
    const client = await server.open();
    await client.channel();
    const { broker } = server;
    const spoiled = Object.getPrototypeOf(broker) as { appendChunk: unknown };
    const appendChunk = spoiled.appendChunk;
    spoiled.appendChunk = () => {
      throw new TypeError('a bug, with a secret in its text');
    };
    client.publish('q', Buffer.alloc(200_000));
    const closed = await client.next('connection.close');
    spoiled.appendChunk = appendChunk;
    expect(closed).toMatchObject({
      replyCode: 541,
      replyText: 'INTERNAL_ERROR - an internal error occurred',
    });
    expect(events(server)).toContain(amqpEvents.internalError);
    await other.queue('q');
  });

  it('tells views who is connected, and closes one by name', async () => {
    const server = await start();
    const client = await server.open();
    await client.channel();
    client.send(1, { name: 'confirm.select', noWait: false });
    await client.next('confirm.select-ok');
    const [report] = server.server.connections();
    expect(report).toMatchObject({
      peerAddress: '127.0.0.1',
      user: 'guest',
      vhost: '/',
      state: 'running',
      channels: [{ number: 1, mode: 'confirm', consumers: 0, published: 0 }],
    });
    expect(server.server.closeConnection('no such', 'x')).toBe(false);
    expect(server.server.closeConnection(report!.name, 'by the operator')).toBe(true);
    expect(await client.next('connection.close')).toMatchObject({
      replyText: 'CONNECTION_FORCED - by the operator',
    });
  });

  it('logs no secrets and no line breaks from clients', async () => {
    const server = await start();
    const client = await server.connect();
    client.write(protocolHeader);
    await client.next('connection.start');
    client.signIn({ user: 'eve\n{"level":"forged"}', password: 'hunter2' });
    await until(() => events(server).includes(amqpEvents.signInRefused));
    server.clock.advance(0);
    await client.ended();
    const lines = JSON.stringify(server.log);
    expect(lines).toContain(amqpEvents.signInRefused);
    expect(lines).not.toContain('hunter2');
    expect(lines).not.toContain('\\n');
  });
});

describe('a socket that vanishes', () => {
  it('gives back what its client held', async () => {
    const server = await start();
    const client = await server.open();
    await client.channel();
    await client.queue('q');
    client.publish('q', 'x', { properties: persistent });
    client.send(1, { name: 'basic.get', queue: 'q', noAck: false });
    await client.next('basic.get-ok');
    client.socket.resetAndDestroy();
    await until(() => server.server.connectionCount === 0);
    const other = await server.open();
    await other.channel();
    other.send(1, { name: 'basic.get', queue: 'q', noAck: true });
    expect(await other.next('basic.get-ok')).toMatchObject({ redelivered: true });
  });

  it('costs nothing when it comes and goes at once', async () => {
    const server = await start();
    for (let count = 0; count < 200; count++) {
      const socket = connect({ port: server.port, host: '127.0.0.1' });
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      socket.resetAndDestroy();
    }
    const client = await server.open();
    await until(() => server.server.connectionCount === 1);
    client.close();
  });
});
