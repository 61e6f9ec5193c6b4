/** When a message expires that an operator moved: no later than it would have where it was, unless that was asked for. */
import { expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';

interface Life {
  /** Times to live of the queues, and of the message, in ms. */
  readonly from?: number;
  readonly to?: number;
  readonly own?: number;
  readonly delayMs?: number;
  readonly renewsTtl?: boolean;
}

function argumentsOf(ttlMs: number | undefined): Record<string, unknown> {
  return { 'x-max-priority': 5, ...(ttlMs === undefined ? {} : { 'x-message-ttl': ttlMs }) };
}

function publish(client: Client, { own, delayMs }: Life): void {
  client.publish({
    routingKey: 'from',
    body: 'a',
    headers: { 'x-deadline': 5_000_000, ...(delayMs === undefined ? {} : { 'x-delay': delayMs }) },
    properties: { deliveryMode: 2, priority: 4, ...(own === undefined ? {} : { expiration: String(own) }) },
  });
}

async function move(at: SimulatedBroker, renewsTtl = false): Promise<void> {
  const by = { user: 'ann', source: 'test' };
  const { queues } = at.broker.administration;
  expect(await queues.moveTo('/', 'from', 0, 'to', by, { renewsTtl })).toBe('moved');
  await at.broker.administration.durable();
}

/** Ms from the publish to the moment when it expires, as the target tells; undefined: never. */
async function expiryOf(at: SimulatedBroker, publishedMs: number): Promise<number | undefined> {
  const found: (number | undefined)[] = [];
  await at.broker.administration.scan('/', 'to', {
    ...{ from: 0, messagesMax: 10, elapsedMsMax: 1_000_000 },
    see: ({ expiresMs }) => {
      found.push(expiresMs === undefined ? undefined : expiresMs - publishedMs);
      return true;
    },
  });
  expect(found).toHaveLength(1);
  return found[0];
}

it.each<[string, Life, number | undefined]>([
  ['by its own expiration', { own: 10_000 }, 10_000],
  ['by the time to live of the queue it was in', { from: 10_000 }, 10_000],
  ['by the earlier of both', { from: 10_000, own: 8_000 }, 8_000],
  ['not later by a longer time of the target', { own: 10_000, to: 60_000 }, 10_000],
  ['earlier by a shorter time of the target, from the move on', { own: 10_000, to: 3_000 }, 7_000],
  ['by the target alone where nothing ended it before', { to: 3_000 }, 7_000],
  ['never where nothing says so', {}, undefined],
  ['anew by its own expiration where that was asked for', { own: 10_000, renewsTtl: true }, 14_000],
  ['no longer by the queue it was in where that was asked for', { from: 10_000, renewsTtl: true }, undefined],
  ['from the end of its delay on', { own: 10_000, delayMs: 6_000 }, 16_000],
])('expires %s, also after a restart', async (_, life, expected) => {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('from', argumentsOf(life.from));
  client.declare('to', argumentsOf(life.to));
  const publishedMs = at.clock.now();
  publish(client, life);
  await settle();
  at.clock.advance(4_000);
  await move(at, life.renewsTtl);
  expect(await expiryOf(at, publishedMs)).toBe(expected);
  const next = await at.restart();
  expect(await expiryOf(next, publishedMs)).toBe(expected);
  next.clock.advance((expected ?? 0) + 60_000);
  await settle();
  next.clock.advance(1_000);
  await settle();
  expect(next.queue('to')).toMatchObject(expected === undefined ? { ready: 1 } : { ready: 0, delayed: 0 });
  await next.broker.close();
});

it('is not given out any more when it expired before it was moved', async () => {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('from', { 'x-message-ttl': 1_000 });
  client.declare('to');
  client.publish({ routingKey: 'from', body: 'old', properties: { deliveryMode: 2 } });
  await settle();
  const moving = move(at);
  at.clock.advance(5_000);
  await moving.catch(() => undefined);
  at.clock.advance(10);
  await settle();
  at.clock.advance(1_000);
  await settle();
  expect([at.queue('from').ready, at.queue('to').ready]).toEqual([0, 0]);
  expect(await client.get('to')).toBeUndefined();
  await at.broker.close();
});
