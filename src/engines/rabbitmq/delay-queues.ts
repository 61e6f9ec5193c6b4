/**
 * Delays on RabbitMQ: a message waits in a queue whose time to live is its delay, and is dead-lettered from there to
 * the queue it is for. All messages of one such queue wait equally long, so none waits behind a longer one; delays
 * are rounded up to eight lengths for each doubling, so that there are never more than a few hundred queues.
 */
import type { Channel } from 'amqplib';

/**
 * `confirmed`: a quorum queue that hands over with confirms, so that no delayed message is lost. `plain`: a classic
 * queue, for RabbitMQ before 4, where a quorum queue made shortly before a crash does not come back from it (its
 * registration is not synced; seen with 3.10.8, not with 4.3.6).
 */
export type DelayKind = 'confirmed' | 'plain';

const prefixes: Readonly<Record<DelayKind, string>> = {
  confirmed: 'sluice.delay.',
  plain: 'sluice.delay.classic.',
};
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
export function delayName(kind: DelayKind, stepMs: number): string {
  return `${prefixes[kind]}${stepMs}`;
}

/** Every name there can be. */
export function allDelayNames(): readonly string[] {
  const names = new Set<string>();
  for (let power = Math.log2(delayMsMin); power < doublings; power++) {
    for (let step = 0; step < stepsPerDoubling; step++) {
      const stepMs = 2 ** power + (step * 2 ** power) / stepsPerDoubling;
      names.add(delayName('confirmed', stepMs)).add(delayName('plain', stepMs));
    }
  }
  return [...names];
}

/**
 * Makes the exchange and the queue for one length. A message published to the exchange returns to the default
 * exchange with the routing key it came with: the name of the queue it is for.
 */
export async function makeDelayQueue(channel: Channel, kind: DelayKind, stepMs: number): Promise<void> {
  const name = delayName(kind, stepMs);
  await channel.assertExchange(name, 'fanout', { durable: true });
  await channel.assertQueue(name, { durable: true, arguments: queueArguments(kind, stepMs) });
  await channel.bindQueue(name, name, '');
}

function queueArguments(kind: DelayKind, stepMs: number): Record<string, unknown> {
  const shared = { 'x-message-ttl': stepMs, 'x-dead-letter-exchange': '' };
  if (kind === 'plain') return { ...shared, 'x-queue-type': 'classic' };
  const confirmed = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' };
  return { ...shared, ...confirmed, 'x-queue-type': 'quorum' };
}
