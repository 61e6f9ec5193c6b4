/** Times to live: of messages, by queue and by message. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Channel, Trial } from '../trial.js';
import type { Table } from '../wire/values.js';

/** A queue whose dead letters go to a second one, on which this channel consumes. */
async function withDeadLetters(
  t: Trial,
  channel: Channel,
  args: Table,
): Promise<{ queue: string; dead: string }> {
  const dead = await channel.queue(t.name());
  const routed = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
  const queue = await channel.queue(t.name(), { ...routed, ...args });
  await channel.consume(dead, { noAck: true });
  return { queue, dead };
}

export function exerciseExpiry(behaviour: Case): void {
  for (const type of ['classic', 'quorum']) {
    behaviour(`messages go after the queue's x-message-ttl (${type})`, async (t) => {
      const channel = await t.channel();
      const { queue } = await withDeadLetters(t, channel, { 'x-message-ttl': 60, 'x-queue-type': type });
      channel.publish(queue, 'x');
      expect((await channel.delivery()).headers['x-death']).toMatchObject([{ reason: 'expired', queue }]);
      expect(await channel.get(queue)).toBeUndefined();
    });

    behaviour(`a message goes after its expiration (${type})`, async (t) => {
      const channel = await t.channel();
      const { queue } = await withDeadLetters(t, channel, { 'x-queue-type': type });
      channel.publish(queue, 'x', { properties: { expiration: '60' } });
      const { properties, headers } = await channel.delivery();
      expect(properties['expiration']).toBeUndefined();
      expect(headers['x-death']).toMatchObject([{ reason: 'expired', 'original-expiration': '60' }]);
    });
  }

  behaviour('the shorter of both times counts', async (t) => {
    const channel = await t.channel();
    const { queue } = await withDeadLetters(t, channel, { 'x-message-ttl': 60 });
    channel.publish(queue, 'long', { properties: { expiration: '600000' } });
    expect((await channel.delivery()).body).toBe('long');
    const patient = await withDeadLetters(t, channel, { 'x-message-ttl': 600_000 });
    channel.publish(patient.queue, 'short', { properties: { expiration: '60' } });
    expect((await channel.delivery()).body).toBe('short');
  });

  behaviour('a time of zero drops what no consumer can take at once', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-message-ttl': 0 });
    channel.publish(queue, 'lost');
    expect(await channel.get(queue)).toBeUndefined();
    await channel.consume(queue, { noAck: true });
    channel.publish(queue, 'taken');
    expect((await channel.delivery()).body).toBe('taken');
  });

  behaviour('with a time of zero, what a consumer has no credit for is dead-lettered', async (t) => {
    const channel = await t.channel();
    const { queue } = await withDeadLetters(t, channel, { 'x-message-ttl': 0 });
    const reader = await t.channel();
    await reader.call('basic.qos', { prefetchCount: 1 });
    await reader.consume(queue);
    channel.publish(queue, 'taken');
    const { tag } = await reader.delivery();
    channel.publish(queue, 'late');
    expect((await channel.delivery()).body).toBe('late');
    reader.nack(tag, true);
    expect((await channel.delivery()).body).toBe('taken');
  });

  behaviour('what a consumer holds does not expire, and does once requeued', async (t) => {
    const channel = await t.channel();
    const { queue } = await withDeadLetters(t, channel, { 'x-message-ttl': 80 });
    channel.publish(queue, 'held');
    const held = await channel.get(queue, false);
    await new Promise((resolve) => setTimeout(resolve, 160));
    expect(channel.connection.inbox(1).items).toEqual([]);
    channel.nack(held!.tag, true);
    expect((await channel.delivery()).body).toBe('held');
  });

  for (const expiration of ['-1', 'soon', '1.5', '']) {
    behaviour(`the expiration ${JSON.stringify(expiration)} is refused with 406`, async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      channel.publish(queue, 'x', { properties: { expiration } });
      expect(await channel.closed()).toEqual(refusal(406, 'basic.publish', 'expiration'));
    });
  }

  behaviour('an expired message is not delivered though one in front of it lives', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'lives');
    channel.publish(queue, 'expires', { properties: { expiration: '50' } });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(await channel.drain(queue)).toEqual(['lives']);
  });
}
