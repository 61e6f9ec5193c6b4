/** Dead-lettering: targets, `x-death` and its companions, counts, cycles, delivery limits. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import type { Channel, Trial } from '../trial.js';
import type { Message } from '../wire/raw-channel.js';
import type { Table } from '../wire/values.js';

const deadLetterTo = (key: string): Table => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': key,
});

/** Takes one message with `get`, waiting for dead letters to arrive, which they do by themselves. */
async function arriving(channel: Channel, queue: string, noAck = true): Promise<Message> {
  const tag = await channel.consume(queue, { noAck });
  const message = await channel.delivery();
  await channel.call('basic.cancel', { consumerTag: tag });
  return message;
}

async function rejectOne(channel: Channel, queue: string): Promise<void> {
  const message = await channel.get(queue, false);
  channel.send('basic.reject', { deliveryTag: message!.tag, requeue: false });
}

async function pair(t: Trial, channel: Channel, args: Table = {}): Promise<[string, string]> {
  const dead = await channel.queue(t.name());
  return [await channel.queue(t.name(), { ...deadLetterTo(dead), ...args }), dead];
}

export function exerciseDeadLetters(behaviour: Case): void {
  for (const type of ['classic', 'quorum']) {
    behaviour(`a rejected message carries its death (${type})`, async (t) => {
      const channel = await t.confirming();
      const [queue, dead] = await pair(t, channel, { 'x-queue-type': type });
      await channel.bind(queue, 'amq.direct', `${queue}.key`);
      const before = Math.floor(Date.now() / 1000) - 1;
      const properties = { messageId: 'm', headers: { mine: 1 } };
      await channel.confirmed(`${queue}.key`, 'x', { exchange: 'amq.direct', properties });
      await rejectOne(channel, queue);
      const letter = await arriving(channel, dead);
      expect(letter).toMatchObject({ body: 'x', exchange: '', routingKey: dead });
      expect(letter.properties['messageId']).toBe('m');
      const [death] = letter.headers['x-death'] as [Record<string, unknown>];
      expect(Object.keys(death).sort()).toEqual(
        ['count', 'exchange', 'queue', 'reason', 'routing-keys', 'time'].sort(),
      );
      expect(death).toMatchObject({
        count: 1n,
        reason: 'rejected',
        queue,
        exchange: 'amq.direct',
        'routing-keys': [`${queue}.key`],
      });
      expect((death['time'] as Date).getTime() / 1000).toBeGreaterThanOrEqual(before);
      expect(letter.headers).toMatchObject({
        mine: 1,
        'x-first-death-reason': 'rejected',
        'x-first-death-queue': queue,
        'x-first-death-exchange': 'amq.direct',
      });
    });
  }

  behaviour(
    'x-last-death names the latest death',
    async (t) => {
      const channel = await t.channel();
      const [last] = [await channel.queue(t.name())];
      const second = await channel.queue(t.name(), { ...deadLetterTo(last), 'x-message-ttl': 30 });
      const first = await channel.queue(t.name(), deadLetterTo(second));
      channel.publish(first, 'x');
      await rejectOne(channel, first);
      expect((await arriving(channel, last)).headers).toMatchObject({
        'x-first-death-reason': 'rejected',
        'x-first-death-queue': first,
        'x-last-death-reason': 'expired',
        'x-last-death-queue': second,
        'x-last-death-exchange': '',
      });
    },
    { from: '3.13' },
  );

  behaviour('without a dead-letter key the message keeps its own', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'direct');
    const queue = await channel.queue(t.name(), { 'x-dead-letter-exchange': exchange });
    const dead = await channel.queue(t.name());
    await channel.bind(dead, exchange, queue);
    channel.publish(queue, 'x');
    await rejectOne(channel, queue);
    expect(await arriving(channel, dead)).toMatchObject({ exchange, routingKey: queue });
  });

  behaviour(
    'CC keys route the dead letter again where no key is given, and are in routing-keys',
    async (t) => {
      const channel = await t.channel();
      const exchange = await channel.exchange(t.name(), 'direct');
      const queue = await channel.queue(t.name(), { 'x-dead-letter-exchange': exchange });
      const dead = await channel.queue(t.name());
      await channel.bind(dead, exchange, 'copy');
      channel.publish(queue, 'x', { properties: { headers: { CC: ['copy'] } } });
      await rejectOne(channel, queue);
      const letter = await arriving(channel, dead);
      expect(letter.headers['x-death']).toMatchObject([{ 'routing-keys': [queue, 'copy'] }]);
      expect(letter.headers['CC']).toEqual(['copy']);
    },
  );

  behaviour(
    'a given dead-letter key is not joined by CC, which stays in the headers',
    async (t) => {
      const channel = await t.channel();
      const [queue, dead] = await pair(t, channel);
      const elsewhere = await channel.queue(t.name());
      const missing = t.name();
      channel.publish(queue, 'x', { properties: { headers: { CC: [missing] } } });
      await rejectOne(channel, queue);
      expect((await arriving(channel, dead)).headers['CC']).toEqual([missing]);
      expect(await channel.get(elsewhere)).toBeUndefined();
    },
    { from: '4.0' },
  );

  behaviour(
    'a given dead-letter key replaces CC and BCC for good',
    async (t) => {
      const channel = await t.channel();
      const exchange = await channel.exchange(t.name(), 'direct');
      const middle = await channel.queue(t.name(), { 'x-dead-letter-exchange': exchange });
      const queue = await channel.queue(t.name(), deadLetterTo(middle));
      const [dead, copy] = [await channel.queue(t.name()), await channel.queue(t.name())];
      await channel.bind(dead, exchange, middle);
      for (const key of ['cc', 'bcc']) await channel.bind(copy, exchange, key);
      channel.publish(queue, 'x', { properties: { headers: { CC: ['cc'], BCC: ['bcc'] } } });
      await rejectOne(channel, queue);
      const held = await arriving(channel, middle, false);
      channel.nack(held.tag, false);
      const letter = await arriving(channel, dead);
      expect(letter.headers['x-death']).toMatchObject([
        { queue: middle, 'routing-keys': [middle] },
        { queue, 'routing-keys': [queue, 'cc'] },
      ]);
      expect(await channel.get(copy)).toBeUndefined();
    },
    { from: '4.0' },
  );

  behaviour('BCC routes a dead letter again where no key is given, and stays hidden', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'direct');
    const queue = await channel.queue(t.name(), { 'x-dead-letter-exchange': exchange });
    const dead = await channel.queue(t.name());
    await channel.bind(dead, exchange, 'bcc');
    channel.publish(queue, 'x', { properties: { headers: { BCC: ['bcc'] } } });
    await rejectOne(channel, queue);
    const { headers } = await arriving(channel, dead);
    expect(headers['BCC']).toBeUndefined();
    expect(headers['x-death']).toMatchObject([{ 'routing-keys': [queue] }]);
  });

  behaviour(
    'the first death that a publisher tells of is overwritten',
    async (t) => {
      const channel = await t.channel();
      const [queue, dead] = await pair(t, channel);
      const told = { 'x-death': [{ queue: 'q', reason: 'expired', count: 3 }], 'x-first-death-queue': 'q' };
      channel.publish(queue, 'x', { properties: { headers: told } });
      await rejectOne(channel, queue);
      const { headers } = await arriving(channel, dead);
      expect(headers['x-death']).toHaveLength(1);
      expect(headers['x-first-death-queue']).toBe(queue);
    },
    { from: '4.0' },
  );

  behaviour(
    'deaths told by a publisher are not counted on',
    async (t) => {
      const channel = await t.channel();
      const [queue, dead] = await pair(t, channel);
      channel.publish(queue, 'x');
      await rejectOne(channel, queue);
      const { headers } = await arriving(channel, dead);
      channel.publish(queue, 'y', { properties: { headers: headers as Table } });
      await rejectOne(channel, queue);
      const again = await arriving(channel, dead);
      expect(again.headers['x-death']).toMatchObject([{ queue, reason: 'rejected', count: 1n }]);
    },
    { from: '4.0' },
  );

  behaviour('nack multiple and channel errors: nack dead-letters, requeue does not', async (t) => {
    const channel = await t.channel();
    const [queue, dead] = await pair(t, channel);
    for (const body of ['a', 'b', 'c']) channel.publish(queue, body);
    for (let i = 0; i < 3; i++) await channel.get(queue, false);
    channel.nack(2, false, true);
    expect((await arriving(channel, dead)).body).toBe('a');
    expect((await arriving(channel, dead)).body).toBe('b');
    channel.nack(3, true);
    expect((await channel.get(queue))?.body).toBe('c');
    expect(await channel.get(dead)).toBeUndefined();
  });

  behaviour('an absent dead-letter exchange loses the message', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-dead-letter-exchange': t.name() });
    channel.publish(queue, 'x');
    await rejectOne(channel, queue);
    expect(await channel.get(queue)).toBeUndefined();
  });

  behaviour('counts rise with each death from the same queue for the same reason', async (t) => {
    const channel = await t.channel();
    const [work, wait] = [t.name(), t.name()];
    await channel.queue(work, deadLetterTo(wait));
    await channel.queue(wait, { ...deadLetterTo(work), 'x-message-ttl': 30 });
    channel.publish(work, 'x');
    for (let round = 1; round <= 3; round++) {
      const tag = await channel.consume(work);
      const message = await channel.delivery();
      await channel.call('basic.cancel', { consumerTag: tag });
      if (round > 1) {
        const count = BigInt(round - 1);
        expect(message.headers['x-death']).toMatchObject([
          { queue: wait, reason: 'expired', count },
          { queue: work, reason: 'rejected', count },
        ]);
      }
      channel.send('basic.reject', { deliveryTag: message.tag, requeue: false });
    }
  });

  behaviour('a cycle without a rejection drops the message', async (t) => {
    const channel = await t.channel();
    const [one, two] = [t.name(), t.name()];
    await channel.queue(one, { ...deadLetterTo(two), 'x-message-ttl': 30 });
    await channel.queue(two, { ...deadLetterTo(one), 'x-message-ttl': 30 });
    channel.publish(one, 'x');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await channel.counts(one)).toMatchObject({ messages: 0 });
    expect(await channel.counts(two)).toMatchObject({ messages: 0 });
  });

  behaviour('a queue that dead-letters to itself by expiry drops', async (t) => {
    const channel = await t.channel();
    const queue = t.name();
    await channel.queue(queue, { ...deadLetterTo(queue), 'x-message-ttl': 30 });
    channel.publish(queue, 'x');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await channel.counts(queue)).toMatchObject({ messages: 0 });
  });

  behaviour('a queue that dead-letters to itself by rejection goes on', async (t) => {
    const channel = await t.channel();
    const queue = t.name();
    await channel.queue(queue, deadLetterTo(queue));
    channel.publish(queue, 'x');
    await rejectOne(channel, queue);
    const message = await arriving(channel, queue);
    expect(message.headers['x-death']).toMatchObject([{ queue, reason: 'rejected', count: 1n }]);
  });

  behaviour('a deleted or purged queue dead-letters nothing', async (t) => {
    const channel = await t.channel();
    const [queue, dead] = await pair(t, channel);
    for (const body of ['a', 'b']) channel.publish(queue, body);
    await channel.call('queue.purge', { queue });
    channel.publish(queue, 'c');
    await channel.call('queue.delete', { queue });
    expect(await channel.get(dead)).toBeUndefined();
  });

  behaviour('a quorum queue counts deliveries that failed and dead-letters over its limit', async (t) => {
    const channel = await t.confirming();
    const [queue, dead] = await pair(t, channel, { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 });
    await channel.confirmed(queue, 'x');
    const counts: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const consumer = await t.channel();
      await consumer.consume(queue);
      const { headers } = await consumer.delivery();
      counts.push(Number(headers['x-delivery-count'] ?? 0));
      consumer.connection.destroy();
    }
    expect(counts).toEqual([0, 1, 2]);
    expect((await arriving(channel, dead)).headers['x-death']).toMatchObject([
      { reason: 'delivery_limit', queue },
    ]);
  });

  behaviour('a reject with requeue counts towards the delivery limit, which else drops', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name(), { 'x-queue-type': 'quorum', 'x-delivery-limit': 1 });
    await channel.confirmed(queue, 'x');
    await channel.consume(queue);
    for (let i = 0; i < 2; i++) {
      channel.send('basic.reject', { deliveryTag: (await channel.delivery()).tag, requeue: true });
    }
    await channel.confirmed(queue, 'next');
    expect((await channel.delivery()).body).toBe('next');
  });

  behaviour(
    'a nack with requeue is counted as acquired, not towards the delivery limit',
    async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name(), { 'x-queue-type': 'quorum', 'x-delivery-limit': 1 });
      await channel.confirmed(queue, 'x');
      await channel.consume(queue);
      const counts: unknown[] = [];
      for (let i = 0; i < 4; i++) {
        const message = await channel.delivery();
        counts.push([message.headers['x-acquired-count'], message.headers['x-delivery-count']]);
        channel.nack(message.tag, true);
      }
      expect(counts).toEqual([
        [undefined, undefined],
        [1n, undefined],
        [2n, undefined],
        [3n, undefined],
      ]);
    },
    { from: '4.3' },
  );
}
