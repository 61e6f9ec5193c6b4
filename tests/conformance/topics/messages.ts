/** Publishing, properties, bodies, returned messages, and `basic.get`. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import { frame, frameBody, headerFrame } from '../wire/encode.js';
import { Typed, type Table } from '../wire/values.js';

const everyProperty: Table = {
  contentType: 'text/plain',
  contentEncoding: 'identity',
  headers: { a: 1 },
  deliveryMode: 2,
  priority: 3,
  correlationId: 'correlation',
  replyTo: 'reply',
  expiration: '60000',
  messageId: 'id',
  timestamp: new Date(1_700_000_000_000),
  type: 'type',
  userId: 'guest',
  appId: 'app',
  clusterId: 'cluster',
};

const everyValue: Table = {
  text: 'ünï 队列',
  empty: '',
  true: true,
  false: false,
  nothing: null,
  integer: -42,
  double: 1.5,
  long: 2n ** 53n + 1n,
  negative: -(2n ** 62n),
  bytes: Buffer.from([0, 255, 1]),
  time: new Date(1_600_000_000_000),
  list: [1, 'two', [3, null], { four: 4 }],
  table: { deep: { deeper: { deepest: [] } } },
  octet: new Typed('b', -5),
  short: new Typed('s', -300),
  float: new Typed('f', 0.5),
  decimal: new Typed('D', { scale: 2, unscaled: 31_415 }),
};

export function exerciseMessages(behaviour: Case): void {
  behaviour('every property arrives as sent', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'body', { properties: everyProperty });
    expect((await channel.get(queue))?.properties).toEqual(everyProperty);
  });

  for (const [name, value] of Object.entries(everyProperty)) {
    behaviour(`the property ${name} alone arrives as sent`, async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      channel.publish(queue, '', { properties: { [name]: value } });
      expect((await channel.get(queue))?.properties).toEqual({ [name]: value });
    });
  }

  for (const [name, value] of Object.entries(everyValue)) {
    behaviour(`a header value arrives as sent: ${name}`, async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      channel.publish(queue, 'x', { properties: { headers: { [name]: value } } });
      expect((await channel.get(queue))?.headers).toEqual({ [name]: value });
    });
  }

  behaviour('unsigned header values arrive with their number', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    const headers = {
      octet: new Typed('B', 200),
      short: new Typed('u', 60_000),
      int: new Typed('i', 2 ** 31),
    };
    channel.publish(queue, 'x', { properties: { headers } });
    const received = (await channel.get(queue))!.headers;
    const plain = (value: unknown): number => Number(value instanceof Typed ? value.value : value);
    const numbers = Object.fromEntries(Object.entries(received).map(([name, value]) => [name, plain(value)]));
    expect(numbers).toEqual({ octet: 200, short: 60_000, int: 2 ** 31 });
  });

  for (const size of [0, 1, 100, 131_064, 131_065, 400_000]) {
    behaviour(`a body of ${size} bytes arrives whole`, async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      const body = Buffer.from(Array.from({ length: size }, (_, i) => 97 + (i % 26)));
      channel.publish(queue, body, { properties: { deliveryMode: 2 } });
      expect((await channel.get(queue))?.body).toBe(body.toString());
    });
  }

  behaviour('a body in many small frames arrives whole', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.send('basic.publish', { routingKey: queue });
    channel.connection.write(headerFrame(1, 50));
    for (let i = 0; i < 50; i++) channel.connection.write(frame(frameBody, 1, Buffer.from('b')));
    expect((await channel.get(queue))?.body).toBe('b'.repeat(50));
  });

  behaviour('content of two channels may interleave', async (t) => {
    const connection = await t.connection();
    const [one, two] = [await connection.channel(), await connection.channel()];
    const queue = await one.queue(t.name());
    one.send('basic.publish', { routingKey: queue });
    two.send('basic.publish', { routingKey: queue });
    connection.write(Buffer.concat([headerFrame(1, 3), headerFrame(2, 3)]));
    connection.write(
      Buffer.concat([frame(frameBody, 1, Buffer.from('o')), frame(frameBody, 2, Buffer.from('tw'))]),
    );
    connection.write(
      Buffer.concat([frame(frameBody, 2, Buffer.from('o')), frame(frameBody, 1, Buffer.from('ne'))]),
    );
    expect((await two.get(queue))?.body).toMatch(/one|two/);
    expect((await one.get(queue))?.body).toMatch(/one|two/);
  });

  behaviour('get tells exchange, routing key, and what is left', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.bind(queue, 'amq.direct', `${queue}.key`);
    channel.publish(`${queue}.key`, 'one', { exchange: 'amq.direct' });
    channel.publish(queue, 'two');
    expect(await channel.get(queue, false)).toMatchObject({
      tag: 1,
      redelivered: false,
      exchange: 'amq.direct',
      routingKey: `${queue}.key`,
      left: 1,
    });
    expect(await channel.get(queue, false)).toMatchObject({
      tag: 2,
      exchange: '',
      routingKey: queue,
      left: 0,
    });
    expect(await channel.get(queue)).toBeUndefined();
  });

  behaviour('get from an absent queue is refused with 404', async (t) => {
    const channel = await t.channel();
    expect(await channel.refused('basic.get', { queue: t.name() })).toEqual(refusal(404, 'basic.get'));
  });

  behaviour('a mandatory message that no queue takes is returned with 312, then confirmed', async (t) => {
    const channel = await t.confirming();
    const key = t.name();
    const properties = { messageId: 'm', headers: { h: 1 } };
    channel.publish(key, 'lost', { exchange: 'amq.direct', mandatory: true, properties });
    const returned = await channel.next('basic.return');
    expect(returned.args).toEqual({
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange: 'amq.direct',
      routingKey: key,
    });
    expect(returned.properties).toEqual(properties);
    expect(returned.body.toString()).toBe('lost');
    expect((await channel.next('basic.ack')).args).toMatchObject({ deliveryTag: 1 });
  });

  behaviour('a mandatory message to the default exchange without its queue is returned', async (t) => {
    const channel = await t.channel();
    channel.publish(t.name(), 'lost', { mandatory: true });
    expect((await channel.next('basic.return')).args).toMatchObject({ replyCode: 312, exchange: '' });
  });

  behaviour('a routed mandatory message is not returned', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name());
    expect(await channel.confirmed(queue, 'x', { mandatory: true })).toBe('ack');
    expect(await channel.arrivedByNow()).toEqual([]);
  });

  behaviour('a message that is not mandatory vanishes without a word', async (t) => {
    const channel = await t.channel();
    channel.publish(t.name(), 'lost');
    expect(await channel.arrivedByNow()).toEqual([]);
  });

  behaviour('immediate closes the connection with 540', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'x', { immediate: true });
    expect(await channel.connection.closed()).toEqual(refusal(540, 'basic.publish'));
  });

  behaviour('a user-id that is not the signed-in user is refused with 406', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'x', { properties: { userId: 'somebody' } });
    expect(await channel.closed()).toEqual(refusal(406, 'basic.publish', 'user_id'));
  });

  behaviour('first in, first out', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    const bodies = Array.from({ length: 500 }, (_, i) => String(i));
    for (const body of bodies) channel.publish(queue, body);
    expect(await channel.drain(queue)).toEqual(bodies);
  });

  behaviour(
    'a message larger than the limit is refused with 406',
    async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      channel.send('basic.publish', { routingKey: queue });
      channel.connection.write(headerFrame(1, 600 * 1024 * 1024));
      const body = Buffer.alloc(100_000);
      for (let i = 0; i < 3; i++) channel.connection.write(frame(frameBody, 1, body));
      const { code } = await channel.closed();
      expect([311, 406]).toContain(code);
    },
    { sluiceOnly: true },
  );
}
