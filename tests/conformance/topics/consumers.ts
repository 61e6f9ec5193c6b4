/** Consuming: tags, prefetch, exclusivity, cancel, priorities, single active consumer, timeout. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Channel } from '../trial.js';

function publishAll(channel: Channel, queue: string, count: number): void {
  for (let i = 0; i < count; i++) channel.publish(queue, String(i));
}

export function exerciseConsumers(behaviour: Case): void {
  behaviour('deliver carries tag, exchange and key; what waited comes first', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'before');
    const consumerTag = await channel.consume(queue, { consumerTag: 'mine' });
    channel.publish(queue, 'after');
    expect(consumerTag).toBe('mine');
    const first = await channel.delivery();
    expect(first).toMatchObject({
      tag: 1,
      body: 'before',
      consumerTag: 'mine',
      exchange: '',
      routingKey: queue,
      redelivered: false,
    });
    expect(await channel.delivery()).toMatchObject({ tag: 2, body: 'after' });
  });

  behaviour('an empty tag is given one beginning with amq.ctag-', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    const [one, two] = [await channel.consume(queue), await channel.consume(queue)];
    expect(one).toMatch(/^amq\.ctag-/);
    expect(one).not.toBe(two);
  });

  behaviour('a tag in use on the channel closes the connection with 530', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.consume(queue, { consumerTag: 'c' });
    channel.send('basic.consume', { queue, consumerTag: 'c' });
    expect(await channel.connection.closed()).toEqual(refusal(530, 'basic.consume'));
  });

  behaviour('consuming an absent queue is refused with 404', async (t) => {
    const channel = await t.channel();
    expect(await channel.refused('basic.consume', { queue: t.name() })).toEqual(
      refusal(404, 'basic.consume'),
    );
  });

  behaviour('consume with no-wait is silent', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'x');
    channel.send('basic.consume', { queue, consumerTag: 'c', noWait: true });
    expect((await channel.delivery()).body).toBe('x');
  });

  behaviour('no-ack deliveries need no acknowledgement', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    publishAll(channel, queue, 10);
    await channel.consume(queue, { noAck: true });
    await channel.bodies(10);
    await channel.close();
    expect(await (await channel.connection.channel()).drain(queue)).toEqual([]);
  });

  behaviour('no-local is accepted and ignored', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.consume(queue, { noLocal: true });
    channel.publish(queue, 'own');
    expect((await channel.delivery()).body).toBe('own');
  });

  behaviour('an exclusive consumer keeps others out: 403', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.consume(queue, { exclusive: true, consumerTag: 'c' });
    const other = await channel.connection.channel();
    expect(await other.refused('basic.consume', { queue })).toEqual(
      refusal(403, 'basic.consume', 'exclusive'),
    );
    await channel.call('basic.cancel', { consumerTag: 'c' });
    await (await channel.connection.channel()).consume(queue);
  });

  behaviour('exclusive is refused with 403 where there are consumers', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.consume(queue);
    const other = await channel.connection.channel();
    expect(await other.refused('basic.consume', { queue, exclusive: true })).toEqual(
      refusal(403, 'basic.consume', 'exclusive'),
    );
  });

  behaviour('cancel is answered; what was delivered stays with the channel', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'x');
    await channel.consume(queue, { consumerTag: 'c' });
    const { tag } = await channel.delivery();
    expect(await channel.call('basic.cancel', { consumerTag: 'c' })).toEqual({ consumerTag: 'c' });
    expect(await channel.counts(queue)).toEqual({ messages: 0, consumers: 0 });
    channel.ack(tag);
    expect(await channel.arrivedByNow()).toEqual([]);
  });

  behaviour('cancelling an unknown tag succeeds', async (t) => {
    const channel = await t.channel();
    expect(await channel.call('basic.cancel', { consumerTag: 'none' })).toEqual({ consumerTag: 'none' });
  });

  behaviour('deleting the queue cancels its consumers', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    const consumerTag = await channel.consume(queue);
    const other = await t.channel();
    await other.call('queue.delete', { queue });
    expect((await channel.next('basic.cancel')).args).toMatchObject({ consumerTag });
    await channel.queue(queue);
  });

  behaviour('clients that cannot take a cancel receive none', async (t) => {
    const channel = await t.channel({ clientProperties: {} });
    const queue = await channel.queue(t.name());
    await channel.consume(queue);
    await (await t.channel()).call('queue.delete', { queue });
    expect(await channel.arrivedByNow()).toEqual([]);
  });

  behaviour('prefetch bounds what each consumer holds', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    publishAll(channel, queue, 20);
    await channel.call('basic.qos', { prefetchCount: 3 });
    await channel.consume(queue, { consumerTag: 'c' });
    expect(await channel.bodies(3)).toEqual(['0', '1', '2']);
    expect(await channel.counts(queue)).toEqual({ messages: 17, consumers: 1 });
    expect(channel.connection.inbox(1).items).toEqual([]);
    channel.ack(2, true);
    expect(await channel.bodies(2)).toEqual(['3', '4']);
    channel.nack(3, false);
    expect(await channel.bodies(1)).toEqual(['5']);
  });

  behaviour('prefetch is per consumer, and set for those that come after', async (t) => {
    const [channel, publisher] = [await t.channel(), await t.confirming()];
    const queue = await channel.queue(t.name());
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.consume(queue, { consumerTag: 'one' });
    await channel.call('basic.qos', { prefetchCount: 4 });
    await channel.consume(queue, { consumerTag: 'four' });
    for (let i = 0; i < 20; i++) await publisher.confirmed(queue, String(i));
    const tags: string[] = [];
    for (let i = 0; i < 5; i++) tags.push((await channel.delivery()).consumerTag);
    expect(tags.sort()).toEqual(['four', 'four', 'four', 'four', 'one']);
    expect(await channel.counts(queue)).toEqual({ messages: 15, consumers: 2 });
  });

  behaviour(
    'a global prefetch is shared by the consumers of the channel',
    async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      publishAll(channel, queue, 20);
      await channel.call('basic.qos', { prefetchCount: 4, global: true });
      await channel.consume(queue);
      await channel.consume(queue);
      await channel.bodies(4);
      expect(await channel.counts(queue)).toEqual({ messages: 16, consumers: 2 });
      channel.ack(4, true);
      await channel.bodies(4);
      expect(await channel.counts(queue)).toEqual({ messages: 12, consumers: 2 });
    },
    { until: '4.3' },
  );

  behaviour('prefetch does not bind no-ack consumers, nor get', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    publishAll(channel, queue, 10);
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.get(queue, false);
    await channel.get(queue, false);
    await channel.consume(queue, { noAck: true });
    expect(await channel.bodies(8)).toHaveLength(8);
  });

  behaviour('prefetch-size is refused with 540 on the connection', async (t) => {
    const channel = await t.channel();
    channel.send('basic.qos', { prefetchSize: 1000 });
    expect(await channel.connection.closed()).toEqual(refusal(540, 'basic.qos'));
  });

  behaviour('consumers share in turn', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.consume(queue, { consumerTag: 'a' });
    await channel.consume(queue, { consumerTag: 'b' });
    const tags: string[] = [];
    for (let i = 0; i < 10; i++) {
      channel.publish(queue, String(i));
      const delivery = await channel.delivery();
      tags.push(delivery.consumerTag);
      channel.ack(delivery.tag);
    }
    expect(tags.filter((tag) => tag === 'a')).toHaveLength(5);
    expect(tags.filter((tag) => tag === 'b')).toHaveLength(5);
  });

  behaviour('a consumer of higher priority is served while it can take more', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.call('basic.qos', { prefetchCount: 2 });
    await channel.consume(queue, { consumerTag: 'low', arguments: { 'x-priority': -1 } });
    await channel.consume(queue, { consumerTag: 'none' });
    await channel.consume(queue, { consumerTag: 'high', arguments: { 'x-priority': 10 } });
    publishAll(channel, queue, 6);
    const tags: string[] = [];
    for (let i = 0; i < 6; i++) tags.push((await channel.delivery()).consumerTag);
    expect(tags).toEqual(['high', 'high', 'none', 'none', 'low', 'low']);
  });

  behaviour('an x-priority that is no number is refused with 406', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    const refused = await channel.refused('basic.consume', { queue, arguments: { 'x-priority': 'high' } });
    expect(refused).toEqual(refusal(406, 'basic.consume'));
  });

  for (const type of ['classic', 'quorum']) {
    behaviour(`single active consumer: one is served, the next takes over (${type})`, async (t) => {
      const channel = await t.channel();
      const args = { 'x-single-active-consumer': true, 'x-queue-type': type };
      const queue = await channel.queue(t.name(), args);
      const second = await channel.connection.channel();
      await channel.consume(queue, { consumerTag: 'first' });
      await second.consume(queue, { consumerTag: 'second' });
      publishAll(channel, queue, 3);
      expect(await channel.bodies(3)).toEqual(['0', '1', '2']);
      channel.ack(3, true);
      await channel.call('basic.cancel', { consumerTag: 'first' });
      channel.publish(queue, 'next');
      expect((await second.delivery()).body).toBe('next');
    });
  }

  behaviour('single active consumer: an exclusive consumer is refused with 403', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-single-active-consumer': true });
    expect(await channel.refused('basic.consume', { queue, exclusive: true })).toEqual(
      refusal(403, 'basic.consume'),
    );
  });

  behaviour('single active consumer: what it held goes to the next when it is lost', async (t) => {
    const [one, two] = [await t.channel(), await t.channel()];
    const queue = await one.queue(t.name(), { 'x-single-active-consumer': true });
    await one.consume(queue);
    await two.consume(queue);
    one.publish(queue, 'x');
    await one.delivery();
    one.connection.destroy();
    expect(await two.delivery()).toMatchObject({ body: 'x', redelivered: true });
  });

  behaviour(
    'a consumer over x-consumer-timeout is cancelled and its message redelivered',
    async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name(), { 'x-queue-type': 'quorum', 'x-consumer-timeout': 100 });
      channel.publish(queue, 'slow');
      const consumerTag = await channel.consume(queue);
      await channel.delivery();
      expect((await channel.next('basic.cancel')).args).toMatchObject({ consumerTag });
      const other = await channel.connection.channel();
      expect(await other.get(queue)).toMatchObject({ body: 'slow', redelivered: true });
    },
    { from: '4.3' },
  );
}
