/** Handshake, tuning, virtual hosts, heartbeats and closing of connections. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import { otherHost } from '../server-options.js';
import { frame, frameHeartbeat } from '../wire/encode.js';
import { capabilities, protocolHeader } from '../wire/raw-connection.js';
import { encodeTable, type Table } from '../wire/values.js';

export function exerciseConnection(behaviour: Case): void {
  for (const greeting of ['HTTP/1.1', 'AMQP\x00\x00\x09\x02', 'AMQP\x09\x01\x00\x00', 'XXXXXXXX']) {
    behaviour(
      `a wrong protocol header is answered by a right one: ${JSON.stringify(greeting)}`,
      async (t) => {
        const socket = await t.socket();
        socket.write(Buffer.from(greeting, 'latin1'));
        await socket.ended;
        // RabbitMQ 4 names AMQP 1.0, which it prefers.
        if (t.server.kind === 'sluice') expect(socket.greeting).toEqual(protocolHeader);
        else expect(socket.greeting.toString('latin1', 0, 4)).toBe('AMQP');
      },
    );
  }

  behaviour('start names the version, mechanisms, locale and capabilities', async (t) => {
    const socket = await t.socket();
    const { args } = await socket.start();
    expect(args).toMatchObject({ major: 0, minor: 9, locales: 'en_US' });
    expect((args['mechanisms'] as string).split(' ')).toEqual(expect.arrayContaining(['PLAIN', 'AMQPLAIN']));
    const properties = args['properties'] as Table;
    expect(properties).toMatchObject({
      product: expect.any(String) as string,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      platform: expect.any(String) as string,
      capabilities: {
        publisher_confirms: true,
        exchange_exchange_bindings: true,
        'basic.nack': true,
        consumer_cancel_notify: true,
        'connection.blocked': true,
        consumer_priorities: true,
        authentication_failure_close: true,
        per_consumer_qos: true,
        direct_reply_to: true,
      },
    });
  });

  behaviour('AMQPLAIN signs in', async (t) => {
    const table = encodeTable({ LOGIN: 'guest', PASSWORD: 'guest' }).subarray(4);
    await t.channel({ mechanism: 'AMQPLAIN', response: table });
  });

  behaviour('PLAIN with an authorization identity of its own is the authentication identity', async (t) => {
    await t.channel({ response: Buffer.from('\0guest\0guest') });
  });

  behaviour('a wrong password is refused by close 403 to clients that can take it', async (t) => {
    const socket = await t.socket();
    await socket.start({ password: 'wrong' });
    expect(await socket.closed()).toEqual(refusal(403));
  });

  behaviour('an unknown user is refused exactly as a wrong password is', async (t) => {
    const [first, second] = [await t.socket(), await t.socket()];
    await first.start({ user: 'nobody', password: 'x' });
    await second.start({ password: 'x' });
    expect((await first.closed()).text).toBe((await second.closed()).text);
  });

  behaviour('a wrong password just closes the socket of other clients', async (t) => {
    const socket = await t.socket();
    await socket.start({ password: 'wrong', clientProperties: {} });
    await socket.ended;
    expect(socket.inbox(0).items).toEqual([]);
  });

  behaviour('an unknown mechanism closes the connection', async (t) => {
    const socket = await t.socket();
    await socket.start({ mechanism: 'GUESS' });
    await t.closedWith(socket, [403, 503, 504, 530, 540], true);
  });

  behaviour('tune offers a frame maximum of at least 8192 and a channel maximum', async (t) => {
    const socket = await t.socket();
    await socket.start();
    const { args } = await socket.next(0, 'connection.tune');
    expect(args['frameMax']).toBeGreaterThanOrEqual(8192);
    expect(args['channelMax']).toBeGreaterThan(0);
  });

  behaviour('deliveries keep to a smaller frame maximum', async (t) => {
    const connection = await t.connection({ tune: { frameMax: 8192 } });
    const channel = await connection.channel();
    const queue = await channel.queue(t.name());
    const body = Buffer.alloc(20_000, 'b');
    channel.publish(queue, body);
    expect((await channel.get(queue))?.body).toBe(body.toString());
    expect(connection.longestFrame).toBe(8192);
  });

  behaviour('a frame maximum under 4096 is refused with 530', async (t) => {
    const socket = await t.socket();
    await socket.start();
    await socket.next(0, 'connection.tune');
    socket.send(0, 'connection.tune-ok', { channelMax: 100, frameMax: 100, heartbeat: 0 });
    socket.send(0, 'connection.open', { virtualHost: '/' });
    await t.closedWith(socket, [530], true);
  });

  behaviour('a frame maximum above the offer is refused with 530', async (t) => {
    const socket = await t.socket();
    await socket.start();
    await socket.next(0, 'connection.tune');
    socket.send(0, 'connection.tune-ok', { channelMax: 100, frameMax: 2 ** 30, heartbeat: 0 });
    await t.closedWith(socket, [530], true);
  });

  behaviour('a channel maximum above the offer is refused with 530', async (t) => {
    const socket = await t.socket();
    await socket.start();
    await socket.next(0, 'connection.tune');
    socket.send(0, 'connection.tune-ok', { channelMax: 65_535, frameMax: 131_072, heartbeat: 0 });
    await t.closedWith(socket, [530], true);
  });

  behaviour('an unknown virtual host is refused with 530', async (t) => {
    const socket = await t.socket();
    await socket.start();
    const opening = socket.openHost({ virtualHost: 'no-such-host' });
    const refused = expect(opening).rejects.toThrow();
    expect(await socket.closed()).toEqual(refusal(530, 'connection.open', 'no-such-host'));
    await refused;
  });

  behaviour('a virtual host without permission is refused with 530', async (t) => {
    const socket = await t.socket();
    await socket.start({ user: 'limited', password: 'limited-password' });
    const opening = socket.openHost({ virtualHost: otherHost });
    const refused = expect(opening).rejects.toThrow();
    expect(await socket.closed()).toEqual(refusal(530, 'connection.open', otherHost));
    await refused;
  });

  behaviour('virtual hosts have separate queues of one name', async (t) => {
    const [here, there] = [await t.channel(), await t.channel({ virtualHost: otherHost })];
    const queue = t.name();
    await here.queue(queue);
    await there.queue(queue);
    here.publish(queue, 'here');
    expect(await there.get(queue)).toBeUndefined();
    expect((await here.get(queue))?.body).toBe('here');
  });

  behaviour('the server sends heartbeats and ends a silent connection', async (t) => {
    const connection = await t.connection({ tune: { heartbeat: 1 } });
    await connection.ended;
    expect(connection.heartbeats).toBeGreaterThan(0);
  });

  behaviour('heartbeats from the client keep its connection', async (t) => {
    const connection = await t.connection({ tune: { heartbeat: 1 } });
    const beat = setInterval(() => {
      connection.write(frame(frameHeartbeat, 0, Buffer.alloc(0)));
    }, 300);
    let ended = false;
    void connection.ended.then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 3500));
    clearInterval(beat);
    expect(ended).toBe(false);
    await connection.close();
  });

  behaviour('close is answered by close-ok and the end of the socket', async (t) => {
    const connection = await t.connection();
    connection.send(0, 'connection.close', { replyCode: 200, replyText: 'bye' });
    await connection.next(0, 'connection.close-ok');
    await connection.ended;
  });

  behaviour('update-secret is answered', async (t) => {
    const connection = await t.connection();
    connection.send(0, 'connection.update-secret', { secret: 'guest', reason: 'renewed' });
    await connection.next(0, 'connection.update-secret-ok');
  });

  behaviour('client properties may hold every kind of value', async (t) => {
    const clientProperties = { product: 'x', capabilities, list: [1, 'two', { three: 3 }], none: null };
    await t.channel({ clientProperties });
  });
}
