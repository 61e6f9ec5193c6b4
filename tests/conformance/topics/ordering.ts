/** Beyond RabbitMQ: deadline, period and laxity orders, order per key, delays; over plain AMQP. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Channel } from '../trial.js';
import type { Table } from '../wire/values.js';

const sluiceOnly = { sluiceOnly: true };

/** Publishes bodies with headers, in this order, and gives what `get` takes. */
async function ordered(
  channel: Channel,
  queue: string,
  messages: readonly [string, Table][],
): Promise<string[]> {
  for (const [body, headers] of messages) await channel.confirmed(queue, body, { properties: { headers } });
  return channel.drain(queue);
}

const now = Date.now();
const orders: readonly [string, readonly [string, Table][], readonly string[]][] = [
  [
    'deadline',
    [
      ['late', { 'x-deadline': now + 90_000 }],
      ['soon', { 'x-deadline': now + 60_000 }],
      ['none', {}],
      ['later', { 'x-deadline': now + 120_000 }],
    ],
    ['soon', 'late', 'later', 'none'],
  ],
  [
    'rate-monotonic',
    [
      ['slow', { 'x-period': 1000 }],
      ['fast', { 'x-period': 10 }],
      ['middle', { 'x-period': 100 }],
    ],
    ['fast', 'middle', 'slow'],
  ],
  [
    'laxity',
    [
      ['short', { 'x-deadline': now + 100_000, 'x-cost': 10 }],
      ['long', { 'x-deadline': now + 110_000, 'x-cost': 90_000 }],
    ],
    ['long', 'short'],
  ],
];
const aliases: Readonly<Record<string, string>> = { edf: 'deadline', rm: 'rate-monotonic', llf: 'laxity' };

export function exerciseOrdering(behaviour: Case): void {
  for (const [order, messages, expected] of orders) {
    behaviour(
      `x-order ${order}`,
      async (t) => {
        const channel = await t.confirming();
        const queue = await channel.queue(t.name(), { 'x-order': order });
        expect(await ordered(channel, queue, messages)).toEqual(expected);
      },
      sluiceOnly,
    );
  }

  for (const [alias, order] of Object.entries(aliases)) {
    behaviour(
      `x-order ${alias} is another name of ${order}`,
      async (t) => {
        const channel = await t.confirming();
        const queue = await channel.queue(t.name(), { 'x-order': alias });
        const [, messages, expected] = orders.find(([name]) => name === order)!;
        expect(await ordered(channel, queue, messages)).toEqual(expected);
      },
      sluiceOnly,
    );
  }

  behaviour(
    'an unknown x-order is refused with 406',
    async (t) => {
      const channel = await t.channel();
      const args = { queue: t.name(), durable: true, arguments: { 'x-order': 'chaos' } };
      expect(await channel.refused('queue.declare', args)).toEqual(refusal(406, 'queue.declare', 'x-order'));
    },
    sluiceOnly,
  );

  behaviour(
    'x-key: one message of a key at a time, the other keys go on',
    async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name());
      const keyed = (key: string): { properties: Table } => ({ properties: { headers: { 'x-key': key } } });
      for (const body of ['a1', 'a2', 'b1', 'a3', 'b2'])
        await channel.confirmed(queue, body, keyed(body[0]!));
      const consumer = await channel.connection.channel();
      await consumer.consume(queue);
      const [a1, b1] = [await consumer.delivery(), await consumer.delivery()];
      expect([a1.body, b1.body]).toEqual(['a1', 'b1']);
      expect(await consumer.arrivedByNow()).toEqual([]);
      consumer.nack(a1.tag, true);
      const again = await consumer.delivery();
      expect(again).toMatchObject({ body: 'a1', redelivered: true });
      consumer.ack(again.tag);
      const a2 = await consumer.delivery();
      expect(a2.body).toBe('a2');
      consumer.ack(b1.tag);
      expect((await consumer.delivery()).body).toBe('b2');
      consumer.ack(a2.tag);
      expect((await consumer.delivery()).body).toBe('a3');
    },
    sluiceOnly,
  );

  behaviour(
    'x-delay holds a message back',
    async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name());
      await channel.confirmed(queue, 'held', { properties: { headers: { 'x-delay': 150 } } });
      await channel.confirmed(queue, 'at once');
      expect(await channel.drain(queue)).toEqual(['at once']);
      const startedAt = performance.now();
      await channel.consume(queue, { noAck: true });
      expect((await channel.delivery()).body).toBe('held');
      expect(performance.now() - startedAt).toBeLessThan(5000);
    },
    sluiceOnly,
  );

  behaviour(
    'x-delayed-message routes after its delay by the type it stands for',
    async (t) => {
      const channel = await t.confirming();
      const exchange = await channel.exchange(t.name(), 'x-delayed-message', { 'x-delayed-type': 'topic' });
      const queue = await channel.queue(t.name());
      await channel.bind(queue, exchange, 'a.*');
      await channel.confirmed('a.b', 'held', { exchange, properties: { headers: { 'x-delay': 100 } } });
      await channel.confirmed('a.c', 'at once', { exchange });
      await channel.confirmed('b.c', 'elsewhere', { exchange });
      expect(await channel.drain(queue)).toEqual(['at once']);
      await channel.consume(queue, { noAck: true });
      expect((await channel.delivery()).body).toBe('held');
    },
    sluiceOnly,
  );

  behaviour(
    'x-delayed-message without its type is refused with 406',
    async (t) => {
      const channel = await t.channel();
      const refused = await channel.refused('exchange.declare', {
        exchange: t.name(),
        type: 'x-delayed-message',
      });
      expect(refused).toEqual(refusal(406, 'exchange.declare', 'x-delayed-type'));
    },
    sluiceOnly,
  );
}
