/** What a user with few rights may not do: every operation asks for its own right. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import { limitedUser } from '../server-options.js';
import type { Table } from '../wire/values.js';

const credentials = { user: limitedUser.name, password: limitedUser.password };
const owned = 'limited.queue';
const ownedExchange = 'limited.exchange';
const foreign = 'foreign.queue';
const foreignExchange = 'foreign.exchange';

const refusedMethods: readonly [string, Table][] = [
  ['queue.declare', { queue: 'foreign.new' }],
  ['queue.delete', { queue: foreign }],
  ['queue.purge', { queue: foreign }],
  ['queue.bind', { queue: foreign, exchange: ownedExchange }],
  ['queue.bind', { queue: owned, exchange: 'amq.direct' }],
  ['queue.unbind', { queue: owned, exchange: 'amq.direct' }],
  ['exchange.declare', { exchange: 'foreign.new', type: 'direct' }],
  ['exchange.delete', { exchange: foreignExchange }],
  ['exchange.bind', { destination: ownedExchange, source: 'amq.direct' }],
  ['exchange.bind', { destination: 'amq.direct', source: ownedExchange }],
  ['basic.consume', { queue: foreign }],
  ['basic.get', { queue: foreign }],
];

const refusedDeclares: readonly [string, Table][] = [
  ['queue.declare', { queue: 'limited.with-dlx', arguments: { 'x-dead-letter-exchange': 'foreign' } }],
  [
    'exchange.declare',
    { exchange: 'limited.with-ae', type: 'direct', arguments: { 'alternate-exchange': 'foreign' } },
  ],
];

export function exercisePermissions(behaviour: Case): void {
  behaviour('everything within its patterns is allowed', async (t) => {
    const channel = await t.channel(credentials);
    await channel.queue(owned);
    await channel.exchange(ownedExchange, 'direct');
    await channel.bind(owned, ownedExchange, 'k');
    channel.publish('k', 'x', { exchange: ownedExchange });
    expect((await channel.get(owned))?.body).toBe('x');
    await channel.call('queue.purge', { queue: owned });
  });

  for (const [method, args] of [...refusedMethods, ...refusedDeclares]) {
    behaviour(`${method} ${JSON.stringify(args)} is refused with 403`, async (t) => {
      const administrator = await t.channel();
      await administrator.queue(foreign);
      await administrator.exchange(foreignExchange, 'direct');
      const channel = await t.channel(credentials);
      await channel.queue(owned);
      await channel.exchange(ownedExchange, 'direct');
      expect(await channel.refused(method, args)).toEqual(refusal(403, method, limitedUser.name));
    });
  }

  behaviour('publishing to an exchange it may not write is refused with 403', async (t) => {
    const channel = await t.channel(credentials);
    channel.publish('k', 'x', { exchange: 'amq.direct' });
    expect(await channel.closed()).toEqual(refusal(403, 'basic.publish', 'amq.direct'));
  });

  behaviour('publishing to the default exchange is refused with 403', async (t) => {
    const channel = await t.channel(credentials);
    channel.publish(owned, 'x');
    expect(await channel.closed()).toEqual(refusal(403, 'basic.publish'));
  });

  const passive: readonly [string, Table][] = [
    ['queue.declare', { queue: foreign, passive: true }],
    ['exchange.declare', { exchange: 'amq.direct', passive: true }],
  ];
  for (const [method, args] of passive) {
    behaviour(
      `a passive ${method} asks for the right to configure`,
      async (t) => {
        await (await t.channel()).queue(foreign);
        const channel = await t.channel(credentials);
        expect(await channel.refused(method, args)).toEqual(refusal(403, method, 'configure'));
      },
      { from: '4.3' },
    );
  }
}
