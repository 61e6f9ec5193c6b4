/** Finding, removing and moving single messages, and listing keys, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { fieldTable } from './content/index.js';

const indexed = { 'x-message-index': true };

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
}

async function withQueue(plainArguments: Readonly<Record<string, unknown>> = indexed): Promise<Setting> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('q', plainArguments);
  return { at, client };
}

function publish(client: Client, messageId: string, headers: Record<string, unknown> = {}, more = {}): void {
  client.publish({
    routingKey: 'q',
    body: messageId,
    headers,
    properties: { messageId, deliveryMode: 2, ...more },
  });
}

const stateOf = async ({ at }: { at: SimulatedBroker }, messageId: string): Promise<unknown> =>
  (await at.broker.administration.queues.find('/', 'q', { messageId }))?.state;

describe('a message is found by its identifier', () => {
  it('in every state, with what it waits for', async () => {
    const setting = await withQueue();
    const { at, client } = setting;
    publish(client, 'first', { 'x-key': 'k' });
    publish(client, 'second', { 'x-key': 'k' });
    publish(client, 'later', { 'x-delay': 500 });
    publish(client, 'plain');
    publish(client, 'last');
    expect(await stateOf(setting, 'first')).toEqual({ kind: 'ready', ahead: 0, isEstimate: false });
    expect(await stateOf(setting, 'second')).toEqual({ kind: 'gated', behind: 0 });
    expect(await stateOf(setting, 'later')).toEqual({ kind: 'delayed', dueMs: at.clock.now() + 500 });
    expect(await stateOf(setting, 'last')).toEqual({ kind: 'ready', ahead: 2, isEstimate: false });
    expect(await stateOf(setting, 'nobody')).toBe(undefined);
    const reader = at.client();
    reader.channel.setPrefetch(1, true);
    const consumerTag = reader.consume('q');
    await settle();
    const sinceMs = at.clock.now();
    at.clock.advance(5);
    const holder = { connection: 'test', user: 'guest', consumerTag, sinceMs };
    expect(await stateOf(setting, 'first')).toEqual({ kind: 'unacknowledged', holder });
    reader.channel.acknowledge(1, false);
    await settle();
    expect(await stateOf(setting, 'first')).toBe(undefined);
  });

  it('after a power loss and out of a snapshot, and not once it is gone', async () => {
    for (const hasSnapshot of [false, true]) {
      const { at, client } = await withQueue();
      for (let n = 0; n < 600; n++) publish(client, `m${n}`);
      for (let n = 0; n < 100; n++) await client.get('q');
      if (hasSnapshot) await at.broker.snapshot();
      publish(client, 'after');
      await at.broker.administration.durable();
      const next = await at.crash(0);
      const found = await next.broker.administration.queues.find('/', 'q', { messageId: 'm345' });
      expect(found).toMatchObject({ position: 345, messageId: 'm345', state: { ahead: 245 } });
      expect(await stateOf({ at: next }, 'm99')).toBe(undefined);
      expect(await stateOf({ at: next }, 'after')).toMatchObject({ ahead: 500 });
    }
  });

  it('in the order of an ordered queue', async () => {
    const setting = await withQueue({ ...indexed, 'x-max-priority': 5 });
    for (const [messageId, priority] of [
      ['low', 1],
      ['high', 5],
      ['middle', 3],
    ] as const)
      publish(setting.client, messageId, {}, { priority });
    expect(await stateOf(setting, 'middle')).toEqual({ kind: 'ready', ahead: 1, isEstimate: false });
    expect(await stateOf(setting, 'low')).toMatchObject({ ahead: 2 });
  });

  it('by a sample in a long ordered queue, and says so', async () => {
    const setting = await withQueue({ ...indexed, 'x-order': 'deadline' });
    const count = 40_000;
    for (let n = 0; n < count; n++)
      publish(setting.client, `m${n}`, { 'x-deadline': 1_000_000 + ((n * 7_919) % count) });
    const found = (await stateOf(setting, 'm20000')) as { ahead: number; isEstimate: boolean };
    const rank = (20_000 * 7_919) % count;
    expect(found.isEstimate).toBe(true);
    expect(Math.abs(found.ahead - rank)).toBeLessThan(count / 20);
  });

  it('not after a purge, and again when it comes again', async () => {
    const setting = await withQueue();
    for (let n = 0; n < 600; n++) publish(setting.client, `m${n}`);
    setting.client.channel.purgeQueue('q');
    await settle();
    expect(await stateOf(setting, 'm1')).toBe(undefined);
    publish(setting.client, 'm1');
    expect(await stateOf(setting, 'm1')).toMatchObject({ kind: 'ready' });
  });

  it('not in a queue without an index, which says how to get one', async () => {
    const setting = await withQueue({});
    publish(setting.client, 'a');
    await expect(stateOf(setting, 'a')).rejects.toThrow(/x-message-index/);
    const found = await setting.at.broker.administration.queues.find('/', 'q', { position: 0 });
    expect(found).toMatchObject({ messageId: 'a', state: { kind: 'ready' } });
  });
});

describe('a message is removed', () => {
  it('while nobody has it, durably, and frees its key', async () => {
    const { at, client } = await withQueue();
    const { queues } = at.broker.administration;
    publish(client, 'a', { 'x-key': 'k' });
    publish(client, 'b', { 'x-key': 'k' });
    publish(client, 'c', { 'x-key': 'k' });
    publish(client, 'd', { 'x-delay': 100 });
    const outcomeOf = async (messageId: string): Promise<string> =>
      (await queues.remove('/', 'q', { messageId })).outcome;
    expect(await outcomeOf('b')).toBe('removed');
    expect(await outcomeOf('b')).toBe('absent');
    expect(await outcomeOf('d')).toBe('removed');
    const reader = at.client();
    reader.consume('q');
    await settle();
    expect(await outcomeOf('a')).toBe('active');
    reader.channel.reject(1, false, true);
    reader.channel.cancel(reader.sink.deliveries[0]!.consumerTag);
    await settle();
    reader.channel.recover(true);
    expect(await outcomeOf('a')).toBe('removed');
    await at.broker.administration.durable();
    const next = await at.crash(0);
    expect(next.queue('q')).toMatchObject({ ready: 1, delayed: 0, gated: 0 });
    expect(await next.client().get('q')).toBe('c');
  });
});

describe('a key that is stuck', () => {
  it('is listed with its first message, and skipped', async () => {
    const { at, client } = await withQueue();
    client.declare('dead');
    const { queues } = at.broker.administration;
    for (const messageId of ['a1', 'a2', 'a3']) publish(client, messageId, { 'x-key': 'a' });
    for (const messageId of ['b1', 'b2']) publish(client, messageId, { 'x-key': 'b' });
    publish(client, 'c1', { 'x-key': 'c' });
    const reader = at.client();
    reader.consume('q');
    await settle();
    reader.channel.retry(1, { afterMs: 60_000 });
    expect(await queues.blockedKeys('/', 'q', 10)).toMatchObject([
      {
        key: 'a',
        waiting: 2,
        head: { messageId: 'a1', deliveryCount: 1, state: { kind: 'delayed' } },
      },
      { key: 'b', waiting: 1, head: { messageId: 'b1', state: { kind: 'unacknowledged' } } },
    ]);
    const failure = { queue: 'dead', headers: fieldTable({ 'x-failure-reason': 'skipped' }) };
    expect((await queues.deadLetter('/', 'q', { position: 0 }, failure)).outcome).toBe('moved');
    await settle();
    expect(reader.sink.bodies).toEqual(['a1', 'b1', 'c1', 'a2']);
    expect(await client.get('dead')).toBe('a1');
    expect(await queues.blockedKeys('/', 'q', 10)).toMatchObject([
      { key: 'a', waiting: 1 },
      { key: 'b', waiting: 1 },
    ]);
    await expect(queues.deadLetter('/', 'q', { position: 0 }, { headers: new Map() })).rejects.toThrow(
      /no dead-letter exchange/,
    );
  });
});
