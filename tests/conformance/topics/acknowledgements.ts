/** Acknowledge, reject, nack, recover: what goes, what returns, in which order, and what is refused. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Channel, Trial } from '../trial.js';

async function filled(t: Trial, bodies: readonly string[]): Promise<[Channel, string]> {
  const channel = await t.channel();
  const queue = await channel.queue(t.name());
  for (const body of bodies) channel.publish(queue, body);
  return [channel, queue];
}

/** Closes the channel; then exactly `bodies` must be in the queue. */
async function expectRemaining(channel: Channel, queue: string, bodies: readonly string[]): Promise<void> {
  await channel.close();
  const other = await channel.connection.channel();
  expect(await other.takeAll(queue, bodies.length)).toEqual(bodies);
}

export function exerciseAcknowledgements(behaviour: Case): void {
  behaviour('ack removes one', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c']);
    for (let i = 0; i < 3; i++) await channel.get(queue, false);
    channel.ack(2);
    await expectRemaining(channel, queue, ['a', 'c']);
  });

  behaviour('ack multiple removes up to the tag', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c']);
    for (let i = 0; i < 3; i++) await channel.get(queue, false);
    channel.ack(2, true);
    await expectRemaining(channel, queue, ['c']);
  });

  behaviour('ack multiple of tag 0 removes all', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c']);
    for (let i = 0; i < 3; i++) await channel.get(queue, false);
    channel.ack(0, true);
    await expectRemaining(channel, queue, []);
  });

  behaviour('ack multiple of tag 0 with nothing outstanding succeeds', async (t) => {
    const channel = await t.channel();
    channel.ack(0, true);
    expect(await channel.arrivedByNow()).toEqual([]);
  });

  const unknown: readonly [string, string, object][] = [
    ['ack', 'basic.ack', { deliveryTag: 5 }],
    ['ack of 0', 'basic.ack', { deliveryTag: 0 }],
    ['ack multiple', 'basic.ack', { deliveryTag: 5, multiple: true }],
    ['nack', 'basic.nack', { deliveryTag: 5 }],
    ['reject', 'basic.reject', { deliveryTag: 5 }],
  ];
  for (const [what, method, args] of unknown) {
    behaviour(`${what} of an unknown tag is refused with 406`, async (t) => {
      const channel = await t.channel();
      expect(await channel.refused(method, { ...args })).toEqual(
        refusal(406, method, 'unknown delivery tag'),
      );
    });
  }

  behaviour('a second ack of one tag is refused with 406', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b']);
    await channel.get(queue, false);
    await channel.get(queue, false);
    channel.ack(1);
    expect(await channel.refused('basic.ack', { deliveryTag: 1 })).toEqual(
      refusal(406, 'basic.ack', 'unknown delivery tag 1'),
    );
  });

  behaviour('ack of a message taken with no-ack is refused with 406', async (t) => {
    const [channel, queue] = await filled(t, ['a']);
    await channel.get(queue, true);
    expect(await channel.refused('basic.ack', { deliveryTag: 1 })).toMatchObject({ code: 406 });
  });

  behaviour('tags count per channel, over gets and deliveries alike', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c']);
    expect((await channel.get(queue, false))?.tag).toBe(1);
    expect((await channel.get(queue, true))?.tag).toBe(2);
    await channel.consume(queue);
    expect((await channel.delivery()).tag).toBe(3);
  });

  behaviour('reject with requeue returns to its place, marked redelivered', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c']);
    await channel.get(queue, false);
    channel.send('basic.reject', { deliveryTag: 1, requeue: true });
    expect(await channel.get(queue)).toMatchObject({ body: 'a', redelivered: true });
    expect(await channel.get(queue)).toMatchObject({ body: 'b', redelivered: false });
  });

  behaviour('reject without requeue drops', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b']);
    await channel.get(queue, false);
    channel.send('basic.reject', { deliveryTag: 1, requeue: false });
    await expectRemaining(channel, queue, ['b']);
  });

  behaviour('nack multiple with requeue returns all in order', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c', 'd']);
    for (let i = 0; i < 3; i++) await channel.get(queue, false);
    channel.nack(3, true, true);
    expect(await channel.drain(queue)).toEqual(['a', 'b', 'c', 'd']);
  });

  behaviour('nack multiple without requeue drops up to the tag', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c']);
    for (let i = 0; i < 3; i++) await channel.get(queue, false);
    channel.nack(2, false, true);
    await expectRemaining(channel, queue, ['c']);
  });

  behaviour('nack of tag 0 multiple means all', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b']);
    for (let i = 0; i < 2; i++) await channel.get(queue, false);
    channel.nack(0, true, true);
    expect(await channel.drain(queue)).toEqual(['a', 'b']);
  });

  behaviour('a lost connection requeues in order, before what came later', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b', 'c']);
    await channel.get(queue, false);
    await channel.get(queue, false);
    channel.connection.destroy();
    const other = await t.channel();
    await other.consume(queue);
    const [first, second, third] = [await other.delivery(), await other.delivery(), await other.delivery()];
    const seen = [first, second, third].sort((x, y) => x.body.localeCompare(y.body));
    expect(seen.map(({ body, redelivered }) => [body, redelivered])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
  });

  behaviour('recover with requeue redelivers everything outstanding', async (t) => {
    const [channel, queue] = await filled(t, ['a', 'b']);
    await channel.get(queue, false);
    await channel.get(queue, false);
    await channel.call('basic.recover', { requeue: true });
    expect(await channel.get(queue)).toMatchObject({ body: 'a', redelivered: true });
    expect(await channel.get(queue)).toMatchObject({ body: 'b', redelivered: true });
  });

  behaviour('recover without requeue closes the connection with 540', async (t) => {
    const channel = await t.channel();
    channel.send('basic.recover', { requeue: false });
    expect(await channel.connection.closed()).toEqual(refusal(540, 'basic.recover'));
  });

  behaviour('recover-async requeues too', async (t) => {
    const [channel, queue] = await filled(t, ['a']);
    await channel.get(queue, false);
    channel.send('basic.recover-async', { requeue: true });
    await channel.consume(queue);
    expect(await channel.delivery()).toMatchObject({ body: 'a', redelivered: true });
  });
}
