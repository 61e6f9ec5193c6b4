/** Declaring, comparing, purging and deleting queues. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import { Typed, type Table } from '../wire/values.js';

export function exerciseQueues(behaviour: Case): void {
  behaviour('declare-ok tells messages and consumers', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    for (const body of ['a', 'b', 'c']) channel.publish(queue, body);
    await channel.get(queue, false);
    expect(await channel.counts(queue)).toEqual({ messages: 2, consumers: 0 });
  });

  behaviour('an empty name is given one beginning with amq.gen-', async (t) => {
    const channel = await t.channel();
    const flags = { durable: false, exclusive: true };
    const [first, second] = [await channel.queue('', {}, flags), await channel.queue('', {}, flags)];
    expect(first).toMatch(/^amq\.gen-/);
    expect(first).not.toBe(second);
  });

  behaviour('an empty name elsewhere means the last queue declared on the channel', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue('', {}, { durable: false, exclusive: true });
    await channel.call('queue.bind', { queue: '', exchange: 'amq.direct', routingKey: queue });
    channel.publish(queue, 'x', { exchange: 'amq.direct' });
    expect((await channel.get(''))?.body).toBe('x');
    expect(await channel.call('queue.purge', { queue: '' })).toEqual({ messageCount: 0 });
    await channel.consume('');
    await channel.call('queue.delete', { queue: '' });
  });

  behaviour('an empty name with no queue declared before is refused with 404', async (t) => {
    const channel = await t.channel();
    expect(await channel.refused('basic.get', { queue: '' })).toMatchObject({ code: 404 });
  });

  behaviour('a passive declare of an absent queue is refused with 404', async (t) => {
    const channel = await t.channel();
    const queue = t.name();
    expect(await channel.refused('queue.declare', { queue, passive: true })).toEqual(
      refusal(404, 'queue.declare', `no queue '${queue}' in vhost '/'`),
    );
  });

  behaviour('names beginning with amq. are refused with 403', async (t) => {
    const channel = await t.channel();
    expect(await channel.refused('queue.declare', { queue: 'amq.mine' })).toEqual(
      refusal(403, 'queue.declare', "queue name 'amq.mine'"),
    );
  });

  const differences: readonly [string, Table][] = [
    ['durable', { durable: false }],
    ['auto_delete', { autoDelete: true }],
    ['exclusive', { exclusive: true }],
    ['x-message-ttl', { arguments: { 'x-message-ttl': 1000 } }],
    ['x-max-length', { arguments: { 'x-max-length': 5 } }],
    ['x-dead-letter-exchange', { arguments: { 'x-dead-letter-exchange': 'dlx' } }],
    ['x-max-priority', { arguments: { 'x-max-priority': 5 } }],
    ['x-queue-type', { arguments: { 'x-queue-type': 'quorum' } }],
  ];
  for (const [what, change] of differences) {
    const code = what === 'exclusive' ? 405 : 406;
    behaviour(`declaring with another ${what} is refused with ${code}`, async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      const refused = await channel.refused('queue.declare', { queue, durable: true, ...change });
      expect(refused).toEqual(refusal(code, 'queue.declare', code === 406 ? what : queue));
    });
  }

  behaviour('declaring without an argument it was given is refused with 406', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-message-ttl': 1000 });
    expect(await channel.refused('queue.declare', { queue, durable: true })).toEqual(
      refusal(406, 'queue.declare', 'x-message-ttl'),
    );
  });

  behaviour('the integer types of an argument are equal', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-message-ttl': 1000 });
    for (const letter of ['l', 's', 'i', 'u']) {
      await channel.queue(queue, { 'x-message-ttl': new Typed(letter, 1000) });
    }
  });

  behaviour('unknown arguments are accepted and not compared', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-mine': 1, mine: 'x' });
    await channel.queue(queue, { 'x-mine': 2 });
  });

  const invalid: readonly [string, Table][] = [
    ['a negative x-message-ttl', { 'x-message-ttl': -1 }],
    ['a text x-message-ttl', { 'x-message-ttl': '1000' }],
    ['a zero x-expires', { 'x-expires': 0 }],
    ['a negative x-expires', { 'x-expires': -5 }],
    ['a negative x-max-length', { 'x-max-length': -1 }],
    ['a negative x-max-length-bytes', { 'x-max-length-bytes': -1 }],
    ['an unknown x-overflow', { 'x-overflow': 'no-such' }],
    ['an x-dead-letter-routing-key without its exchange', { 'x-dead-letter-routing-key': 'k' }],
    ['a numeric x-dead-letter-exchange', { 'x-dead-letter-exchange': 5 }],
    ['an x-max-priority above 255', { 'x-max-priority': 256 }],
    ['a negative x-max-priority', { 'x-max-priority': -1 }],
    ['an unknown x-queue-type', { 'x-queue-type': 'no-such' }],
    ['a numeric x-single-active-consumer', { 'x-single-active-consumer': 'yes' }],
  ];
  for (const [what, args] of invalid) {
    behaviour(`${what} is refused with 406`, async (t) => {
      const channel = await t.channel();
      const refused = await channel.refused('queue.declare', {
        queue: t.name(),
        durable: true,
        arguments: args,
      });
      expect(refused).toEqual(refusal(406, 'queue.declare'));
    });
  }

  behaviour('lazy mode and both kept queue types are accepted', async (t) => {
    const channel = await t.channel();
    await channel.queue(t.name(), { 'x-queue-mode': 'lazy' });
    await channel.queue(t.name(), { 'x-queue-type': 'classic' });
    await channel.queue(t.name(), { 'x-queue-type': 'quorum' });
  });

  const notQuorum: readonly [string, Table][] = [
    ['a transient', { durable: false }],
    ['an exclusive', { exclusive: true }],
    ['an auto-delete', { autoDelete: true }],
  ];
  for (const [what, flags] of notQuorum) {
    behaviour(`${what} quorum queue is refused with 406`, async (t) => {
      const channel = await t.channel();
      const args = { 'x-queue-type': 'quorum' };
      const refused = await channel.refused('queue.declare', {
        queue: t.name(),
        durable: true,
        ...flags,
        arguments: args,
      });
      expect(refused).toEqual(refusal(406, 'queue.declare'));
    });
  }

  behaviour(
    'a stream is refused with a clear reason',
    async (t) => {
      const channel = await t.channel();
      const args = { 'x-queue-type': 'stream' };
      const refused = await channel.refused('queue.declare', {
        queue: t.name(),
        durable: true,
        arguments: args,
      });
      expect(refused.text).toMatch(/stream/);
    },
    { sluiceOnly: true },
  );

  behaviour('an exclusive queue is locked to its connection: 405', async (t) => {
    const owner = await t.channel();
    const queue = await owner.queue(t.name(), {}, { durable: false, exclusive: true });
    const methods = [
      'queue.declare',
      'basic.consume',
      'basic.get',
      'queue.purge',
      'queue.delete',
      'queue.bind',
    ];
    const connection = await t.connection();
    for (const method of methods) {
      const channel = await connection.channel();
      expect(await channel.refused(method, { queue, exchange: 'amq.direct' })).toEqual(
        refusal(405, method, queue),
      );
    }
    const passive = await connection.channel();
    expect(await passive.refused('queue.declare', { queue, passive: true })).toMatchObject({ code: 405 });
    await (await owner.connection.channel()).get(queue);
  });

  behaviour('an exclusive queue goes with its connection', async (t) => {
    const owner = await t.channel();
    const queue = await owner.queue(t.name(), {}, { durable: false, exclusive: true });
    await owner.connection.close();
    const channel = await t.channel();
    expect(await channel.refused('queue.declare', { queue, passive: true })).toMatchObject({ code: 404 });
  });

  behaviour('an auto-delete queue goes with its last consumer, not before its first', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), {}, { durable: false, autoDelete: true, exclusive: true });
    await channel.counts(queue);
    const [first, second] = [await channel.consume(queue), await channel.consume(queue)];
    await channel.call('basic.cancel', { consumerTag: first });
    await channel.counts(queue);
    await channel.call('basic.cancel', { consumerTag: second });
    expect(await channel.refused('queue.declare', { queue, passive: true })).toMatchObject({ code: 404 });
  });

  behaviour('closing the channel of the last consumer removes an auto-delete queue', async (t) => {
    const connection = await t.connection();
    const channel = await connection.channel();
    const queue = await channel.queue(t.name(), {}, { durable: false, autoDelete: true, exclusive: true });
    await channel.consume(queue);
    await channel.close();
    const again = await connection.channel();
    expect(await again.refused('queue.declare', { queue, passive: true })).toMatchObject({ code: 404 });
  });

  behaviour('purge removes what is ready and tells how many', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    for (const body of ['a', 'b', 'c']) channel.publish(queue, body);
    const held = await channel.get(queue, false);
    expect(await channel.call('queue.purge', { queue })).toEqual({ messageCount: 2 });
    channel.nack(held!.tag, true);
    expect(await channel.drain(queue)).toEqual(['a']);
  });

  behaviour('delete tells how many messages went', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    for (const body of ['a', 'b', 'c']) channel.publish(queue, body);
    expect(await channel.call('queue.delete', { queue })).toEqual({ messageCount: 3 });
  });

  behaviour('deleting an absent queue succeeds', async (t) => {
    const channel = await t.channel();
    expect(await channel.call('queue.delete', { queue: t.name() })).toEqual({ messageCount: 0 });
  });

  behaviour('purging an absent queue is refused with 404', async (t) => {
    const channel = await t.channel();
    expect(await channel.refused('queue.purge', { queue: t.name() })).toEqual(refusal(404, 'queue.purge'));
  });

  behaviour('if-unused spares a queue with consumers: 406', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.consume(queue);
    const other = await channel.connection.channel();
    expect(await other.refused('queue.delete', { queue, ifUnused: true })).toEqual(
      refusal(406, 'queue.delete', 'in use'),
    );
  });

  behaviour('if-empty spares a queue with messages: 406', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name());
    await channel.confirmed(queue, 'x');
    const other = await channel.connection.channel();
    expect(await other.refused('queue.delete', { queue, ifEmpty: true })).toEqual(
      refusal(406, 'queue.delete', 'not empty'),
    );
    await channel.drain(queue);
    await channel.call('queue.delete', { queue, ifEmpty: true });
  });

  behaviour('a deleted and redeclared queue has no old bindings', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'direct');
    const queue = await channel.queue(t.name());
    await channel.bind(queue, exchange, 'k');
    await channel.call('queue.delete', { queue });
    await channel.queue(queue);
    channel.publish('k', 'x', { exchange });
    expect(await channel.get(queue)).toBeUndefined();
  });

  behaviour('an idle queue expires after x-expires', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-expires': 60 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await channel.refused('queue.declare', { queue, passive: true })).toMatchObject({ code: 404 });
  });

  behaviour('a consumer keeps a queue from expiring', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-expires': 600 });
    await channel.consume(queue);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await channel.counts(queue);
  });

  behaviour('names of 255 bytes and of any characters work', async (t) => {
    const channel = await t.channel();
    for (const queue of ['q'.repeat(255), `${t.name()} ünï/cødé 队列 %2F`]) {
      await channel.queue(queue);
      channel.publish(queue, 'x');
      expect((await channel.get(queue))?.body).toBe('x');
      await channel.call('queue.delete', { queue });
    }
  });
}
