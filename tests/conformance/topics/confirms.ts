/** Publisher confirms and transactions. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';

export function exerciseConfirms(behaviour: Case): void {
  behaviour('every publish is confirmed, in tags from 1', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name());
    const count = 500;
    for (let i = 0; i < count; i++) channel.publish(queue, String(i), { properties: { deliveryMode: 2 } });
    const confirmed = new Set<number>();
    let upTo = 0;
    while (upTo + confirmed.size < count) {
      const { deliveryTag, multiple } = (await channel.next('basic.ack')).args as Record<string, number>;
      if (multiple) {
        expect(deliveryTag).toBeGreaterThan(upTo);
        upTo = deliveryTag!;
        for (const tag of confirmed) if (tag <= upTo) confirmed.delete(tag);
      } else confirmed.add(deliveryTag!);
    }
    expect(upTo + confirmed.size).toBe(count);
  });

  behaviour('transient messages are confirmed too', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name());
    expect(await channel.confirmed(queue, 'x', { properties: { deliveryMode: 1 } })).toBe('ack');
  });

  behaviour('an unroutable message is confirmed', async (t) => {
    const channel = await t.confirming();
    expect(await channel.confirmed(t.name(), 'x')).toBe('ack');
  });

  behaviour('a message to several queues is confirmed once', async (t) => {
    const channel = await t.confirming();
    const exchange = await channel.exchange(t.name(), 'fanout');
    for (let i = 0; i < 3; i++) await channel.bind(await channel.queue(t.name()), exchange, '');
    expect(await channel.confirmed('', 'x', { exchange })).toBe('ack');
    expect(await channel.confirmed('', 'y', { exchange })).toBe('ack');
    expect(await channel.arrivedByNow()).toEqual([]);
  });

  behaviour('select may be repeated and goes on counting', async (t) => {
    const channel = await t.confirming();
    channel.publish(t.name(), 'x');
    expect((await channel.next('basic.ack')).args).toMatchObject({ deliveryTag: 1 });
    await channel.call('confirm.select');
    channel.publish(t.name(), 'x');
    expect((await channel.next('basic.ack')).args).toMatchObject({ deliveryTag: 2 });
  });

  behaviour('select with no-wait is silent', async (t) => {
    const channel = await t.channel();
    channel.send('confirm.select', { noWait: true });
    expect(await channel.confirmed(t.name(), 'x')).toBe('ack');
  });

  behaviour('confirms and transactions exclude each other: 406', async (t) => {
    const confirming = await t.confirming();
    expect(await confirming.refused('tx.select')).toEqual(refusal(406, 'tx.select'));
    const transacting = await t.channel();
    await transacting.call('tx.select');
    expect(await transacting.refused('confirm.select')).toEqual(refusal(406, 'confirm.select'));
  });

  behaviour('commit and rollback without select are refused with 406', async (t) => {
    expect(await (await t.channel()).refused('tx.commit')).toEqual(refusal(406, 'tx.commit'));
    expect(await (await t.channel()).refused('tx.rollback')).toEqual(refusal(406, 'tx.rollback'));
  });

  behaviour('publishes are seen after commit, not before, and not after rollback', async (t) => {
    const channel = await t.channel();
    const other = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.call('tx.select');
    channel.publish(queue, 'one');
    channel.publish(queue, 'two');
    await channel.call('basic.qos', { prefetchCount: 0 });
    expect(await other.get(queue)).toBeUndefined();
    await channel.call('tx.commit');
    expect(await other.drain(queue)).toEqual(['one', 'two']);
    channel.publish(queue, 'never');
    await channel.call('tx.rollback');
    await channel.call('tx.commit');
    expect(await other.drain(queue)).toEqual([]);
  });

  behaviour('acknowledgements count after commit, and not after rollback', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    for (const body of ['a', 'b']) channel.publish(queue, body);
    await channel.get(queue, false);
    await channel.get(queue, false);
    await channel.call('tx.select');
    channel.ack(1);
    await channel.call('tx.commit');
    channel.ack(2);
    await channel.call('tx.rollback');
    await channel.close();
    const again = await channel.connection.channel();
    expect(await again.takeAll(queue, 1)).toEqual(['b']);
  });

  behaviour('after rollback the message can be acknowledged again', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'a');
    await channel.get(queue, false);
    await channel.call('tx.select');
    channel.ack(1);
    await channel.call('tx.rollback');
    channel.ack(1);
    await channel.call('tx.commit');
    await channel.close();
    expect(await (await channel.connection.channel()).drain(queue)).toEqual([]);
  });

  behaviour('a closed channel drops its open transaction', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.call('tx.select');
    channel.publish(queue, 'never');
    await channel.close();
    expect(await (await channel.connection.channel()).drain(queue)).toEqual([]);
  });

  behaviour('a mandatory message in a transaction is returned at commit', async (t) => {
    const channel = await t.channel();
    await channel.call('tx.select');
    channel.publish(t.name(), 'lost', { mandatory: true });
    await channel.call('tx.commit');
    expect((await channel.next('basic.return')).args).toMatchObject({ replyCode: 312 });
  });

  behaviour('publishing in a transaction to an absent exchange is refused with 404', async (t) => {
    const channel = await t.channel();
    await channel.call('tx.select');
    channel.publish('k', 'x', { exchange: t.name() });
    expect(await channel.closed()).toMatchObject({ code: 404 });
  });
}
