/** Settlements on a channel that goes while they are made. */
import type { Channel, ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import { SluiceError, type ErrorCode } from '../../kernel/index.js';
import type { Delivery } from '../index.js';
import { Subscription } from './subscription.js';
import type { ReceiverHost } from './amqp-receiver.js';

const followUps = [{ queue: 'next', message: { body: Buffer.from('x') } }];

/** A subscription whose follow-ups fail with `code`, after the channel is gone where `isLost`. */
function failing(code: ErrorCode, isLost: boolean): Subscription {
  const host = {
    nowMs: () => 0,
    send: () => {
      if (isLost) subscription.end();
      return Promise.reject(new SluiceError(code, 'no'));
    },
  } as unknown as ReceiverHost;
  const channel = { ack: () => undefined, on: () => undefined } as unknown as Channel;
  const subscription = new Subscription(host, 'queue', 'dead', channel, () => undefined);
  subscription.delivered({ fields: { deliveryTag: 1 } } as ConsumeMessage);
  return subscription;
}

it.each<ErrorCode>(['connection-failed', 'closed'])(
  'a completion that the end of its engine cut off is lost, and no error: %s',
  async (code) => {
    await expect(failing(code, true).complete(1, { followUps, records: [] })).resolves.toBe('lost');
  },
);

it('a completion that was refused is told to whoever made it', async () => {
  const refused = failing('not-found', true).complete(1, { followUps, records: [] });
  await expect(refused).rejects.toMatchObject({ code: 'not-found' });
  const failed = failing('connection-failed', false).complete(1, { followUps, records: [] });
  await expect(failed).rejects.toMatchObject({ code: 'connection-failed' });
});

it('a dead letter that the end of its engine cut off is lost, and no error', async () => {
  const host = {
    makeDeadLetterQueue: () => {
      subscription.end();
      return Promise.reject(new SluiceError('closed', 'no'));
    },
  } as unknown as ReceiverHost;
  const channel = { consume: () => Promise.resolve(), on: () => undefined } as unknown as Channel;
  const subscription = new Subscription(host, 'queue', 'dead', channel, () => undefined);
  await subscription.useRequests(channel);
  subscription.delivered({ fields: { deliveryTag: 1 } } as ConsumeMessage);
  await expect(subscription.deadLetter(1, {} as unknown as Delivery, 'broken', {})).resolves.toBe('lost');
});
