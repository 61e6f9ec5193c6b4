/** What sets queues of type `quorum` apart: refused arguments, levels of priority, counts, timeouts. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Channel } from '../trial.js';
import type { Message } from '../wire/raw-channel.js';
import type { Table } from '../wire/values.js';

const quorum = { 'x-queue-type': 'quorum' };

/** What a message says of its earlier deliveries: acquired, then failed. */
const countsOf = ({ headers }: Message): unknown[] => [
  headers['x-acquired-count'],
  headers['x-delivery-count'],
];

/** How a message may come back, and whether that counts as a failed delivery. */
const returns: readonly [string, boolean, (channel: Channel, tag: number) => void][] = [
  [
    'a nack',
    false,
    (channel, tag) => {
      channel.nack(tag, true);
    },
  ],
  [
    'recover',
    false,
    (channel) => {
      channel.send('basic.recover', { requeue: true });
    },
  ],
  [
    'a reject',
    true,
    (channel, tag) => {
      channel.send('basic.reject', { deliveryTag: tag, requeue: true });
    },
  ],
  [
    'a closed channel',
    true,
    (channel) => {
      channel.send('channel.close', { replyCode: 200, replyText: 'bye' });
    },
  ],
  [
    'a lost connection',
    true,
    (channel) => {
      channel.connection.destroy();
    },
  ],
];

export function exerciseQuorum(behaviour: Case): void {
  exerciseArguments(behaviour);
  for (const [what, fails, giveBack] of returns) {
    behaviour(
      `after ${what} a delivery counts as acquired${fails ? ' and failed' : ' alone'}`,
      async (t) => {
        const channel = await t.confirming();
        const queue = await channel.queue(t.name(), quorum);
        await channel.confirmed(queue, 'x');
        const holder = await t.channel();
        const first = await holder.get(queue, false);
        expect(countsOf(first!)).toEqual([undefined, undefined]);
        giveBack(holder, first!.tag);
        await channel.consume(queue);
        expect(countsOf(await channel.delivery())).toEqual([1n, fails ? 1n : undefined]);
      },
      { from: '4.3' },
    );
  }

  behaviour(
    'counts told by a publisher arrive, until there are true ones',
    async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name(), quorum);
      await channel.confirmed(queue, 'x', { properties: { headers: { 'x-delivery-count': 7 } } });
      const message = await channel.get(queue, false);
      expect(message!.headers['x-delivery-count']).toBe(7);
      channel.send('basic.reject', { deliveryTag: message!.tag, requeue: true });
      expect(Number((await channel.get(queue))!.headers['x-delivery-count'])).toBe(1);
    },
    { from: '4.0' },
  );

  behaviour(
    'priorities above 31 count as 31, and none as 4',
    async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name(), quorum);
      for (const priority of [3, 31, 40, 5, undefined, 4, 255]) {
        const properties = priority === undefined ? {} : { priority };
        await channel.confirmed(queue, String(priority), { properties });
      }
      expect(await channel.drain(queue)).toEqual(['31', '40', '255', '5', 'undefined', '4', '3']);
    },
    { from: '4.3' },
  );
  exerciseTimeouts(behaviour);
}

function exerciseArguments(behaviour: Case): void {
  const refused: readonly [string, Table, string | undefined][] = [
    ['x-max-priority', { ...quorum, 'x-max-priority': 5 }, undefined],
    ['x-queue-mode', { ...quorum, 'x-queue-mode': 'lazy' }, undefined],
    ['x-queue-version', { ...quorum, 'x-queue-version': 2 }, '4.3'],
    ['an unknown x-dead-letter-strategy', { ...quorum, 'x-dead-letter-strategy': 'none' }, undefined],
    ['an unknown x-queue-leader-locator', { ...quorum, 'x-queue-leader-locator': 'none' }, undefined],
    ['a negative x-consumer-timeout', { ...quorum, 'x-consumer-timeout': -1 }, '4.3'],
  ];
  for (const [what, args, from] of refused) {
    behaviour(
      `${what} is refused with 406`,
      async (t) => {
        const channel = await t.channel();
        const declaration = { queue: t.name(), durable: true, arguments: args };
        expect(await channel.refused('queue.declare', declaration)).toEqual(refusal(406, 'queue.declare'));
      },
      from === undefined ? {} : { from },
    );
  }

  for (const [name, from] of [
    ['x-delivery-limit', undefined],
    ['x-dead-letter-strategy', undefined],
    ['x-consumer-timeout', '4.3'],
  ] as const) {
    behaviour(
      `${name} is refused with 406 by a classic queue`,
      async (t) => {
        const channel = await t.channel();
        const table = { [name]: name === 'x-dead-letter-strategy' ? 'at-most-once' : 5 };
        const declaration = { queue: t.name(), durable: true, arguments: table };
        expect(await channel.refused('queue.declare', declaration)).toEqual(
          refusal(406, 'queue.declare', name),
        );
      },
      from === undefined ? {} : { from },
    );
  }

  behaviour(
    'a consumer of a classic queue cannot set x-consumer-timeout: 406',
    async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      const refused = await channel.refused('basic.consume', {
        queue,
        arguments: { 'x-consumer-timeout': 1000 },
      });
      expect(refused).toEqual(refusal(406, 'basic.consume', 'x-consumer-timeout'));
    },
    { from: '4.3' },
  );
}

function exerciseTimeouts(behaviour: Case): void {
  behaviour(
    "a consumer's own x-consumer-timeout counts before its queue's",
    async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name(), { ...quorum, 'x-consumer-timeout': 600_000 });
      channel.publish(queue, 'slow');
      const consumerTag = await channel.consume(queue, { arguments: { 'x-consumer-timeout': 100 } });
      const { tag } = await channel.delivery();
      expect((await channel.next('basic.cancel')).args).toMatchObject({ consumerTag });
      const other = await channel.connection.channel();
      expect(countsOf((await other.get(queue))!)).toEqual([1n, undefined]);
      channel.ack(tag);
      expect((await channel.arrivedByNow()).filter((name) => name !== 'basic.deliver')).toEqual([]);
    },
    { from: '4.3' },
  );

  for (const by of ['consume', 'get'] as const) {
    behaviour(
      `over the timeout the channel closes with 406 where no cancel can be sent (${by})`,
      async (t) => {
        const channel = await t.channel(by === 'consume' ? { clientProperties: {} } : {});
        const queue = await channel.queue(t.name(), { ...quorum, 'x-consumer-timeout': 100 });
        await channel.call('confirm.select');
        await channel.confirmed(queue, 'slow');
        if (by === 'get') await channel.get(queue, false);
        else {
          await channel.consume(queue);
          await channel.delivery();
        }
        expect(await channel.closed()).toMatchObject({ code: 406 });
        const other = await channel.connection.channel();
        expect(countsOf((await other.get(queue))!)).toEqual([1n, undefined]);
      },
      { from: '4.3' },
    );
  }
}
