/** Declaring, comparing, binding and deleting exchanges. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Table } from '../wire/values.js';

const predeclared: readonly [string, string][] = [
  ['', 'direct'],
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.topic', 'topic'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
];

export function exerciseExchanges(behaviour: Case): void {
  behaviour('the predeclared ones are there', async (t) => {
    const channel = await t.channel();
    for (const [exchange, type] of predeclared.slice(1)) {
      await channel.call('exchange.declare', { exchange, type, durable: true });
      await channel.call('exchange.declare', { exchange, passive: true });
    }
  });

  for (const type of ['direct', 'fanout', 'topic', 'headers']) {
    behaviour(`${type}: declare, declare again, passive, delete`, async (t) => {
      const channel = await t.channel();
      const exchange = await channel.exchange(t.name(), type);
      await channel.exchange(exchange, type);
      await channel.call('exchange.declare', { exchange, passive: true });
      await channel.call('exchange.delete', { exchange });
      const refused = await channel.refused('exchange.declare', { exchange, passive: true });
      expect(refused).toEqual(refusal(404, 'exchange.declare', `no exchange '${exchange}' in vhost '/'`));
    });
  }

  const differences: readonly [string, Table][] = [
    ['type', { type: 'fanout' }],
    ['durable', { durable: false }],
    ['auto_delete', { autoDelete: true }],
    ['internal', { internal: true }],
    ['alternate-exchange', { arguments: { 'alternate-exchange': 'other' } }],
  ];
  for (const [what, change] of differences) {
    behaviour(`declaring with another ${what} is refused with 406`, async (t) => {
      const channel = await t.channel();
      const exchange = await channel.exchange(t.name(), 'direct');
      const refused = await channel.refused('exchange.declare', {
        exchange,
        type: 'direct',
        durable: true,
        ...change,
      });
      expect(refused).toEqual(refusal(406, 'exchange.declare', what));
    });
  }

  behaviour('a passive declare compares nothing', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'direct');
    await channel.call('exchange.declare', { exchange, type: 'fanout', passive: true, internal: true });
  });

  behaviour(
    'an unknown type is refused with 406 on the channel',
    async (t) => {
      const channel = await t.channel();
      const refused = await channel.refused('exchange.declare', { exchange: t.name(), type: 'no-such-type' });
      expect(refused).toEqual(refusal(406, 'exchange.declare', 'no-such-type'));
    },
    { from: '4.0' },
  );

  behaviour('names beginning with amq. are refused with 403', async (t) => {
    const channel = await t.channel();
    const refused = await channel.refused('exchange.declare', { exchange: 'amq.mine', type: 'direct' });
    expect(refused).toEqual(refusal(403, 'exchange.declare', "exchange name 'amq.mine'"));
  });

  const onDefault: readonly [string, Table][] = [
    ['exchange.declare', { exchange: '', type: 'direct' }],
    ['exchange.delete', { exchange: '' }],
    ['queue.bind', { exchange: '', routingKey: 'x' }],
    ['queue.unbind', { exchange: '', routingKey: 'x' }],
    ['exchange.bind', { source: '', destination: 'amq.direct' }],
    ['exchange.bind', { source: 'amq.direct', destination: '' }],
    ['exchange.unbind', { source: '', destination: 'amq.direct' }],
  ];
  for (const [method, args] of onDefault) {
    behaviour(`${method} ${JSON.stringify(args)} on the default exchange is refused with 403`, async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      expect(await channel.refused(method, { queue, ...args })).toEqual(refusal(403, method));
    });
  }

  behaviour('deleting a predeclared exchange is refused with 403', async (t) => {
    const channel = await t.channel();
    const refused = await channel.refused('exchange.delete', { exchange: 'amq.topic' });
    expect(refused).toEqual(refusal(403, 'exchange.delete'));
  });

  behaviour('deleting an absent exchange succeeds', async (t) => {
    const channel = await t.channel();
    await channel.call('exchange.delete', { exchange: t.name() });
  });

  behaviour('if-unused spares an exchange with bindings: 406', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = [await channel.exchange(t.name(), 'direct'), await channel.queue(t.name())];
    await channel.bind(queue, exchange, 'k');
    const other = await channel.connection.channel();
    expect(await other.refused('exchange.delete', { exchange, ifUnused: true })).toEqual(
      refusal(406, 'exchange.delete', 'in use'),
    );
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'k' });
    await channel.call('exchange.delete', { exchange, ifUnused: true });
  });

  behaviour('an auto-delete exchange goes with its last binding', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'fanout', {}, { autoDelete: true });
    const queue = await channel.queue(t.name());
    await channel.bind(queue, exchange, 'a');
    await channel.bind(queue, exchange, 'b');
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'a' });
    await channel.call('exchange.declare', { exchange, passive: true });
    await channel.call('queue.delete', { queue });
    const refused = await channel.refused('exchange.declare', { exchange, passive: true });
    expect(refused).toMatchObject({ code: 404 });
  });

  behaviour('publishing to an internal exchange is refused with 403', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'fanout', {}, { internal: true });
    channel.publish('k', 'x', { exchange });
    expect(await channel.closed()).toEqual(refusal(403, 'basic.publish', 'internal'));
  });

  behaviour('publishing to an absent exchange closes the channel with 404', async (t) => {
    const channel = await t.channel();
    const exchange = t.name();
    channel.publish('k', 'x', { exchange });
    expect(await channel.closed()).toEqual(refusal(404, 'basic.publish', `no exchange '${exchange}'`));
  });

  behaviour('binding an absent queue or exchange is refused with 404', async (t) => {
    const connection = await t.connection();
    const queue = await (await connection.channel()).queue(t.name());
    const missing = t.name();
    const cases: readonly [string, Table][] = [
      ['queue.bind', { queue, exchange: missing }],
      ['queue.bind', { queue: missing, exchange: 'amq.direct' }],
      ['exchange.bind', { destination: missing, source: 'amq.direct' }],
      ['exchange.bind', { destination: 'amq.direct', source: missing }],
    ];
    for (const [method, args] of cases) {
      const channel = await connection.channel();
      expect(await channel.refused(method, args)).toEqual(refusal(404, method, missing));
    }
  });

  behaviour('removing an absent binding succeeds', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.call('queue.unbind', { queue, exchange: 'amq.direct', routingKey: 'never' });
    const missing = t.name();
    await channel.call('queue.unbind', { queue: missing, exchange: 'amq.direct', routingKey: 'never' });
    await channel.call('exchange.unbind', { destination: missing, source: 'amq.direct', routingKey: 'x' });
  });

  behaviour("unbinding another connection's exclusive queue is refused with 405", async (t) => {
    const owner = await t.channel();
    const queue = await owner.queue(t.name(), {}, { durable: false, exclusive: true });
    await owner.bind(queue, 'amq.direct', queue);
    const channel = await t.channel();
    const args = { queue, exchange: 'amq.direct', routingKey: queue };
    expect(await channel.refused('queue.unbind', args)).toEqual(refusal(405, 'queue.unbind', queue));
  });

  behaviour('no-wait declares, binds and deletes without a reply', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = [t.name(), t.name()];
    channel.send('exchange.declare', { exchange, type: 'direct', noWait: true });
    channel.send('queue.declare', { queue, durable: true, noWait: true });
    channel.send('queue.bind', { queue, exchange, routingKey: 'k', noWait: true });
    channel.publish('k', 'x', { exchange });
    expect((await channel.get(queue))?.body).toBe('x');
    channel.send('queue.purge', { queue, noWait: true });
    channel.send('queue.delete', { queue, noWait: true });
    channel.send('exchange.delete', { exchange, noWait: true });
    expect(await channel.arrivedByNow()).toEqual([]);
    const refused = await channel.refused('queue.declare', { queue, passive: true });
    expect(refused).toMatchObject({ code: 404 });
  });
}
