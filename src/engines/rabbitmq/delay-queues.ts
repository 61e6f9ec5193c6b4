/**
 * Delays on RabbitMQ: a message waits in a queue whose time to live is its delay, and is dead-lettered from there to
 * the queue it is for. All messages of one such queue wait equally long, so none waits behind a longer one; delays
 * are rounded up to eight lengths for each doubling, so that there are never more than a few hundred queues.
 * Invariant: the queue is durable and hands over with confirms (`at-least-once`): a delayed message is not lost.
 */
import type { Channel } from 'amqplib';

const prefix = 'sluice.delay.';
const stepsPerDoubling = 8;
const delayMsMin = 16;
/** Below 2^32 ms. */
const doublings = 32;

/** The shortest of the lengths that is not shorter than `delayMs`. */
export function delayStepMs(delayMs: number): number {
  if (delayMs <= delayMsMin) return delayMsMin;
  const grain = 2 ** Math.floor(Math.log2(delayMs)) / stepsPerDoubling;
  return Math.ceil(delayMs / grain) * grain;
}

/** The exchange, and its queue, for delays of one length. */
export function delayName(stepMs: number): string {
  return `${prefix}${stepMs}`;
}

/** Every name there can be. */
export function allDelayNames(): readonly string[] {
  const names = new Set<string>();
  for (let power = Math.log2(delayMsMin); power < doublings; power++) {
    for (let step = 0; step < stepsPerDoubling; step++)
      names.add(delayName(2 ** power + (step * 2 ** power) / stepsPerDoubling));
  }
  return [...names];
}

/**
 * Makes the exchange and the queue for one length. A message published to the exchange returns to the default
 * exchange with the routing key it came with: the name of the queue it is for.
 */
export async function makeDelayQueue(channel: Channel, stepMs: number): Promise<void> {
  const name = delayName(stepMs);
  await channel.assertExchange(name, 'fanout', { durable: true });
  await channel.assertQueue(name, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-message-ttl': stepMs,
      'x-dead-letter-exchange': '',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
  await channel.bindQueue(name, name, '');
}
