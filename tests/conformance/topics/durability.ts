/** What a restart keeps and what it forgets. The restart is a `kill -9` on Sluice. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Table } from '../wire/values.js';

const persistent = { properties: { deliveryMode: 2 } };

export function exerciseDurability(behaviour: Case): void {
  behaviour('a server that stops closes its connections with 320', async (t) => {
    const connection = await t.connection();
    const stopped = t.server.terminate();
    expect(await connection.closed()).toEqual(refusal(320));
    await stopped;
    await t.server.restart();
  });

  behaviour('a restart keeps what is durable, with bindings and order', async (t) => {
    const channel = await t.confirming();
    const [exchange, next] = [
      await channel.exchange(t.name(), 'topic'),
      await channel.exchange(t.name(), 'fanout'),
    ];
    const queue = await channel.queue(t.name(), { 'x-max-priority': 3 });
    await channel.call('exchange.bind', { destination: next, source: exchange, routingKey: 'a.#' });
    await channel.bind(queue, next, '');
    const exclusive = await channel.queue(t.name(), {}, { durable: false, exclusive: true });
    for (const body of ['one', 'two', 'three']) {
      await channel.confirmed('a.b', body, { exchange, ...persistent });
    }
    await channel.confirmed(queue, 'fleeting', { properties: { deliveryMode: 1 } });
    await channel.confirmed(queue, 'first', { properties: { deliveryMode: 2, priority: 2 } });
    expect((await channel.get(queue, false))?.body).toBe('first');

    await (t.server.kind === 'sluice' ? t.server.kill() : t.server.terminate());
    await t.server.restart();

    const after = await t.confirming();
    expect(await after.get(queue)).toMatchObject({ body: 'first', redelivered: true });
    expect(await after.drain(queue)).toEqual(['one', 'two', 'three']);
    await after.confirmed('a.x', 'four', { exchange, ...persistent });
    expect(await after.drain(queue)).toEqual(['four']);
    const refused = await after.refused('queue.declare', { queue: exclusive, passive: true });
    expect(refused).toMatchObject({ code: 404 });
  });

  behaviour(
    'a restart keeps delays, deadlines, and queues that were declared transient',
    async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name(), { 'x-order': 'deadline' }, { durable: false });
      const soon = Date.now() + 60_000;
      const sent: readonly [string, Table][] = [
        ['late', { 'x-deadline': soon + 60_000 }],
        ['soon', { 'x-deadline': soon }],
        ['delayed', { 'x-delay': 8000, 'x-deadline': soon - 1000 }],
      ];
      for (const [body, headers] of sent) {
        await channel.confirmed(queue, body, { properties: { deliveryMode: 2, headers } });
      }
      await t.server.kill();
      await t.server.restart();
      const after = await t.channel();
      expect(await after.drain(queue)).toEqual(['soon', 'late']);
      await after.consume(queue, { noAck: true });
      expect((await after.delivery()).body).toBe('delayed');
      await after.queue(queue, { 'x-order': 'deadline' }, { durable: false });
    },
    { sluiceOnly: true },
  );
}
