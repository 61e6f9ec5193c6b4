/** Direct reply-to: `amq.rabbitmq.reply-to` as a consumer without a queue. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Channel } from '../trial.js';
import type { Message } from '../wire/raw-channel.js';

const pseudoQueue = 'amq.rabbitmq.reply-to';

/** The next message of a queue, waited for. */
async function nextOf(channel: Channel, queue: string): Promise<Message> {
  await channel.consume(queue, { noAck: true });
  return channel.delivery();
}

export function exerciseReplyTo(behaviour: Case): void {
  behaviour('a reply reaches the channel that asked', async (t) => {
    const [asking, answering] = [await t.channel(), await t.channel()];
    const queue = await answering.queue(t.name());
    await answering.consume(queue, { noAck: true });
    const consumerTag = await asking.consume(pseudoQueue, { noAck: true });
    asking.publish(queue, 'question', { properties: { replyTo: pseudoQueue, correlationId: 'c1' } });
    const question = await answering.delivery();
    const replyTo = question.properties['replyTo'] as string;
    expect(replyTo).toMatch(/^amq\.rabbitmq\.reply-to\..+/);
    answering.publish(replyTo, 'answer', { properties: { correlationId: 'c1' } });
    const answer = await asking.delivery();
    expect(answer).toMatchObject({ body: 'answer', consumerTag, exchange: '', routingKey: replyTo });
    expect(answer.properties['correlationId']).toBe('c1');
  });

  behaviour('consuming it with acknowledgements is refused with 406', async (t) => {
    const channel = await t.channel();
    expect(await channel.refused('basic.consume', { queue: pseudoQueue })).toEqual(
      refusal(406, 'basic.consume'),
    );
  });

  behaviour('a second consumer of it on the channel is refused with 406', async (t) => {
    const channel = await t.channel();
    await channel.consume(pseudoQueue, { noAck: true });
    expect(await channel.refused('basic.consume', { queue: pseudoQueue, noAck: true })).toEqual(
      refusal(406, 'basic.consume'),
    );
  });

  behaviour('asking without having consumed is refused with 406', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'x', { properties: { replyTo: pseudoQueue } });
    expect(await channel.closed()).toEqual(refusal(406, 'basic.publish'));
  });

  behaviour('a passive declare of it succeeds', async (t) => {
    const channel = await t.channel();
    expect(await channel.counts(pseudoQueue)).toEqual({ messages: 0, consumers: 1 });
  });

  behaviour('a passive declare tells whether the asker is still there', async (t) => {
    const [asking, answering] = [await t.channel(), await t.channel()];
    const queue = await answering.queue(t.name());
    await asking.consume(pseudoQueue, { noAck: true });
    asking.publish(queue, 'x', { properties: { replyTo: pseudoQueue } });
    const replyTo = (await nextOf(answering, queue)).properties['replyTo'] as string;
    await answering.call('queue.declare', { queue: replyTo, passive: true });
    await asking.close();
    expect(await answering.refused('queue.declare', { queue: replyTo, passive: true })).toMatchObject({
      code: 404,
    });
  });

  behaviour(
    'a mandatory reply to an asker that is gone is returned',
    async (t) => {
      const [asking, answering] = [await t.channel(), await t.channel()];
      const queue = await answering.queue(t.name());
      await asking.consume(pseudoQueue, { noAck: true });
      asking.publish(queue, 'x', { properties: { replyTo: pseudoQueue } });
      const replyTo = (await nextOf(answering, queue)).properties['replyTo'] as string;
      await asking.close();
      answering.publish(replyTo, 'late', { mandatory: true });
      expect((await answering.next('basic.return')).args).toMatchObject({ replyCode: 312 });
    },
    { until: '4.2' },
  );

  behaviour(
    'a forged reply key reaches nobody and harms nobody',
    async (t) => {
      const channel = await t.channel();
      await channel.consume(pseudoQueue, { noAck: true });
      channel.publish(`${pseudoQueue}.Zm9yZ2Vk.AAAA`, 'forged');
      expect(await channel.arrivedByNow()).toEqual([]);
    },
    { from: '4.2' },
  );
}
