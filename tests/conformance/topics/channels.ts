/** Opening, closing and flow of channels. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';

export function exerciseChannels(behaviour: Case): void {
  behaviour('a method on a channel that is not open closes the connection with 504', async (t) => {
    const connection = await t.connection();
    connection.send(3, 'queue.declare', { queue: t.name() });
    expect(await connection.closed()).toEqual(refusal(504, 'queue.declare'));
  });

  behaviour('opening an open channel closes the connection with 504', async (t) => {
    const connection = await t.connection();
    const channel = await connection.channel();
    channel.send('channel.open');
    expect(await connection.closed()).toEqual(refusal(504, 'channel.open'));
  });

  behaviour('one channel more than the negotiated maximum closes the connection with 530', async (t) => {
    const connection = await t.connection({ tune: { channelMax: 4 } });
    for (let number = 1; number <= 4; number++) await connection.channel(number);
    connection.send(5, 'channel.open');
    expect(await connection.closed()).toEqual(refusal(530));
  });

  behaviour('opening channel 0 closes the connection with 504', async (t) => {
    const connection = await t.connection();
    connection.send(0, 'channel.open');
    expect(await connection.closed()).toMatchObject({ code: 504 });
  });

  behaviour('a channel number is usable again after close', async (t) => {
    const connection = await t.connection();
    for (let round = 0; round < 3; round++) {
      const channel = await connection.channel(7);
      await channel.queue('', {}, { durable: false, exclusive: true });
      await channel.close();
    }
  });

  behaviour('a refused method closes its channel alone', async (t) => {
    const connection = await t.connection();
    const [first, second] = [await connection.channel(), await connection.channel()];
    await first.refused('queue.declare', { queue: t.name(), passive: true });
    await second.queue(t.name());
    await (await connection.channel(1)).queue(t.name());
  });

  behaviour('after a refusal everything is ignored until close-ok', async (t) => {
    const connection = await t.connection();
    const channel = await connection.channel();
    const [missing, ignored] = [t.name(), t.name()];
    channel.send('queue.declare', { queue: missing, passive: true });
    channel.send('queue.declare', { queue: ignored, durable: true });
    channel.publish(missing, 'ignored');
    expect(await channel.closed()).toEqual(refusal(404, 'queue.declare'));
    const again = await connection.channel();
    expect(await again.refused('queue.declare', { queue: ignored, passive: true })).toMatchObject({
      code: 404,
    });
  });

  behaviour('closing a channel requeues what it had not acknowledged', async (t) => {
    const connection = await t.connection();
    const channel = await connection.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'one');
    channel.publish(queue, 'two');
    await channel.get(queue, false);
    await channel.get(queue, false);
    await channel.close();
    const again = await connection.channel();
    await again.consume(queue);
    expect(await again.delivery()).toMatchObject({ body: 'one', redelivered: true });
    expect(await again.delivery()).toMatchObject({ body: 'two', redelivered: true });
  });

  behaviour('flow: active is acknowledged', async (t) => {
    const channel = await t.channel();
    expect(await channel.call('channel.flow', { active: true })).toEqual({ active: true });
  });

  behaviour('flow: inactive holds deliveries until active; RabbitMQ refuses it with 540', async (t) => {
    const channel = await t.channel();
    if (t.server.kind === 'rabbitmq') {
      channel.send('channel.flow', { active: false });
      expect(await channel.connection.closed()).toEqual(refusal(540, 'channel.flow'));
      return;
    }
    const queue = await channel.queue(t.name());
    await channel.consume(queue, { noAck: true });
    expect(await channel.call('channel.flow', { active: false })).toEqual({ active: false });
    channel.publish(queue, 'held');
    expect(await channel.counts(queue)).toEqual({ messages: 1, consumers: 1 });
    await channel.call('channel.flow', { active: true });
    expect((await channel.delivery()).body).toBe('held');
  });

  behaviour('2,000 channels on one connection', async (t) => {
    const connection = await t.connection();
    const count = Math.min(connection.channelMax, 2000);
    for (let number = 1; number <= count; number++) connection.send(number, 'channel.open');
    for (let number = 1; number <= count; number++) await connection.next(number, 'channel.open-ok');
    await connection.close();
  });
}
