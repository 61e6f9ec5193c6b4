/** Maximum length and bytes, with each way to overflow. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import type { Table } from '../wire/values.js';

export function exerciseLengths(behaviour: Case): void {
  for (const type of ['classic', 'quorum']) {
    behaviour(`x-max-length drops the oldest (${type})`, async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name(), { 'x-max-length': 2, 'x-queue-type': type });
      for (const body of ['a', 'b', 'c', 'd']) expect(await channel.confirmed(queue, body)).toBe('ack');
      expect(await channel.drain(queue)).toEqual(['c', 'd']);
    });

    behaviour(`x-max-length-bytes drops the oldest (${type})`, async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name(), { 'x-max-length-bytes': 25, 'x-queue-type': type });
      for (const body of ['a', 'b', 'c']) await channel.confirmed(queue, body.repeat(10));
      expect(await channel.drain(queue)).toEqual(['b'.repeat(10), 'c'.repeat(10)]);
    });
  }

  behaviour('what consumers hold does not count', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name(), { 'x-max-length': 2 });
    for (const body of ['a', 'b']) await channel.confirmed(queue, body);
    await channel.get(queue, false);
    await channel.confirmed(queue, 'c');
    expect(await channel.drain(queue)).toEqual(['b', 'c']);
  });

  for (const type of ['classic', 'quorum']) {
    behaviour(`what a consumer takes at once is not dropped (${type})`, async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name(), { 'x-max-length': 0, 'x-queue-type': type });
      await channel.consume(queue, { noAck: true });
      for (const body of ['a', 'b', 'c']) channel.publish(queue, body);
      expect(await channel.bodies(3)).toEqual(['a', 'b', 'c']);
    });
  }

  behaviour('reject-publish refuses nothing that a consumer takes at once', async (t) => {
    const channel = await t.confirming();
    const args = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    const queue = await channel.queue(t.name(), args);
    const reader = await t.channel();
    await reader.consume(queue, { noAck: true });
    for (let i = 0; i < 100; i++) channel.publish(queue, String(i));
    expect(await reader.bodies(100)).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    expect(await channel.arrivedByNow()).not.toContain('basic.nack');
  });

  behaviour('a maximum of zero keeps nothing', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name(), { 'x-max-length': 0 });
    await channel.confirmed(queue, 'a');
    expect(await channel.drain(queue)).toEqual([]);
  });

  behaviour('dropped messages are dead-lettered as maxlen, oldest first', async (t) => {
    const channel = await t.channel();
    const dead = await channel.queue(t.name());
    const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead, 'x-max-length': 1 };
    const queue = await channel.queue(t.name(), args);
    await channel.consume(dead, { noAck: true });
    for (const body of ['a', 'b', 'c']) channel.publish(queue, body);
    const first = await channel.delivery();
    expect(first.body).toBe('a');
    expect(first.headers['x-death']).toMatchObject([{ reason: 'maxlen', queue, count: 1n }]);
    expect((await channel.delivery()).body).toBe('b');
  });

  for (const type of ['classic', 'quorum']) {
    behaviour(`reject-publish answers nack and keeps the old (${type})`, async (t) => {
      const channel = await t.confirming();
      const args = { 'x-max-length': 2, 'x-overflow': 'reject-publish', 'x-queue-type': type };
      const queue = await channel.queue(t.name(), args);
      // A quorum queue may take a few more before it begins to refuse.
      let answer: string = 'ack';
      let accepted = 0;
      while (answer === 'ack' && accepted < 50) {
        answer = await channel.confirmed(queue, String(accepted));
        if (answer === 'ack') accepted++;
      }
      expect(answer).toBe('nack');
      expect(accepted).toBeGreaterThanOrEqual(2);
      if (type === 'classic') expect(accepted).toBe(2);
      expect((await channel.get(queue))?.body).toBe('0');
      await channel.drain(queue);
      expect(await channel.confirmed(queue, 'again')).toBe('ack');
    });
  }

  behaviour('reject-publish nacks when one of several queues refuses', async (t) => {
    const channel = await t.confirming();
    const exchange = await channel.exchange(t.name(), 'fanout');
    const full = await channel.queue(t.name(), { 'x-max-length': 0, 'x-overflow': 'reject-publish' });
    const open = await channel.queue(t.name());
    for (const queue of [full, open]) await channel.bind(queue, exchange, '');
    expect(await channel.confirmed('', 'x', { exchange })).toBe('nack');
    expect(await channel.drain(open)).toEqual(['x']);
  });

  behaviour('a dead letter that reject-publish-dlx refuses is dead-lettered again', async (t) => {
    const channel = await t.channel();
    const to = (key: string): Table => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': key });
    const last = await channel.queue(t.name());
    const refuses = { 'x-max-length': 0, 'x-overflow': 'reject-publish-dlx' };
    const full = await channel.queue(t.name(), { ...refuses, ...to(last) });
    const first = await channel.queue(t.name(), { 'x-max-length': 0, ...to(full) });
    channel.publish(first, 'x');
    await channel.consume(last, { noAck: true });
    expect((await channel.delivery()).headers['x-death']).toMatchObject([
      { queue: full, reason: 'maxlen' },
      { queue: first, reason: 'maxlen' },
    ]);
  });

  behaviour('reject-publish-dlx nacks and dead-letters the new', async (t) => {
    const channel = await t.confirming();
    const dead = await channel.queue(t.name());
    const queue = await channel.queue(t.name(), {
      'x-max-length': 1,
      'x-overflow': 'reject-publish-dlx',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': dead,
    });
    expect(await channel.confirmed(queue, 'kept')).toBe('ack');
    expect(await channel.confirmed(queue, 'refused')).toBe('nack');
    await channel.consume(dead, { noAck: true });
    const letter = await channel.delivery();
    expect(letter.body).toBe('refused');
    expect(letter.headers['x-death']).toMatchObject([{ reason: 'maxlen', queue }]);
    expect(await channel.drain(queue)).toEqual(['kept']);
  });
}
