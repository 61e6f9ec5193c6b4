/** Limits at dispatch, through a whole broker: each holds back its own, and the timer wakes the queue in time. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
  readonly reader: Client;
  /** Lets time pass, in steps of a millisecond; returns how many deliveries there were after each. */
  readonly pass: (ms: number) => Promise<number[]>;
}

async function withQueue(plainArguments: Readonly<Record<string, unknown>>): Promise<Setting> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('q', plainArguments);
  const reader = at.client();
  const pass = async (ms: number): Promise<number[]> => {
    const counts: number[] = [];
    for (let left = ms; left > 0; left--) {
      at.clock.advance(1);
      await settle();
      counts.push(reader.sink.deliveries.length);
    }
    return counts;
  };
  return { at, client, reader, pass };
}

function publish(client: Client, count: number, headers: Readonly<Record<string, unknown>> = {}): void {
  for (let number = 0; number < count; number++) client.publish({ routingKey: 'q', body: 'm', headers });
}

describe('a rate limit of a queue', () => {
  it('delivers exactly when one more may go', async () => {
    const { client, reader, pass } = await withQueue({ 'x-rate-limit': { count: 2, per: 20, burst: 1 } });
    publish(client, 4);
    reader.consume('q');
    await settle();
    expect(reader.sink.deliveries.length).toBe(1);
    const counts = await pass(30);
    expect([counts[8], counts[9], counts[18], counts[19], counts[29]]).toEqual([1, 2, 2, 3, 4]);
  });

  it('lets as many go at once as it counts, unless a burst is given', async () => {
    const { client, reader, pass } = await withQueue({ 'x-rate-limit': { count: 5, per: 50 } });
    publish(client, 20);
    reader.consume('q');
    await settle();
    expect(reader.sink.deliveries.length).toBe(5);
    expect((await pass(50)).at(-1)).toBe(10);
  });

  it('holds back a get too, and begins unused after a restart', async () => {
    const { at, client, reader } = await withQueue({ 'x-rate-limit': { count: 1, per: 1_000 } });
    publish(client, 3);
    const kinds: string[] = [];
    const get = (from: Client): void => {
      from.channel.get('q', true, ({ kind }) => kinds.push(kind));
    };
    get(reader);
    get(reader);
    await at.broker.administration.durable();
    const next = await at.crash(0);
    get(next.client());
    await settle();
    expect(kinds).toEqual(['message', 'empty', 'message']);
  });

  it('sets no timer while nobody consumes', async () => {
    const { client, reader, pass, at } = await withQueue({ 'x-rate-limit': { count: 1, per: 10 } });
    publish(client, 3);
    const tag = reader.consume('q');
    await settle();
    reader.channel.cancel(tag);
    await pass(40);
    expect([reader.sink.deliveries.length, at.queue('q').ready]).toEqual([1, 2]);
  });
});

describe('a rate limit of each tenant', () => {
  it('blocks its own tenant alone, and wakes it in time', async () => {
    const { client, reader, pass } = await withQueue({ 'x-tenant-rate-limit': { count: 1, per: 10 } });
    publish(client, 3, { 'x-tenant': 'busy' });
    publish(client, 1, { 'x-tenant': 'quiet' });
    reader.consume('q');
    await settle();
    expect(reader.sink.deliveries.length).toBe(2);
    const counts = await pass(20);
    expect([counts[8], counts[9], counts[19]]).toEqual([2, 3, 4]);
  });
});

describe('a rate limit of each key', () => {
  it.each([{}, { 'x-order': 'priority' }, { 'x-fair': {} }])(
    'blocks its own key alone, with %j',
    async (more) => {
      const { client, reader, pass, at } = await withQueue({
        'x-key-rate-limit': { count: 1, per: 10 },
        ...more,
      });
      publish(client, 3, { 'x-key': 'busy' });
      publish(client, 1, { 'x-key': 'quiet' });
      publish(client, 1);
      reader.consume('q', { noAck: true });
      await settle();
      expect(reader.sink.deliveries.length).toBe(3);
      expect(at.queue('q').gated).toBe(2);
      const counts = await pass(20);
      expect([counts[8], counts[9], counts[19]]).toEqual([3, 4, 5]);
    },
  );

  it('forgets what a purge takes away', async () => {
    const { client, reader, pass } = await withQueue({ 'x-key-rate-limit': { count: 1, per: 10 } });
    publish(client, 600, { 'x-key': 'busy' });
    reader.consume('q', { noAck: true });
    await settle();
    reader.channel.purgeQueue('q');
    publish(client, 1, { 'x-key': 'busy' });
    expect((await pass(30)).at(-1)).toBe(2);
  });
});

describe('a limit of concurrency', () => {
  it('counts what is unacknowledged over all consumers', async () => {
    const { at, client, reader } = await withQueue({ 'x-concurrency': 3 });
    publish(client, 10);
    const second = at.client();
    reader.consume('q');
    second.consume('q');
    await settle();
    expect(at.queue('q').unacknowledged).toBe(3);
    reader.channel.acknowledge(1, false);
    await settle();
    expect(at.queue('q').unacknowledged).toBe(3);
    expect(reader.sink.deliveries.length + second.sink.deliveries.length).toBe(4);
    reader.channel.reject(reader.sink.deliveries.at(-1)!.deliveryTag, false, true);
    await settle();
    expect(at.queue('q').unacknowledged).toBe(3);
  });

  it('of a tenant is free again after a retry, a requeue and a lost channel', async () => {
    const { client, reader, at, pass } = await withQueue({ 'x-tenant-concurrency': 1 });
    publish(client, 5, { 'x-tenant': 't' });
    reader.consume('q');
    await settle();
    expect(at.queue('q').unacknowledged).toBe(1);
    reader.channel.retry(1, { afterMs: 10 });
    await settle();
    expect(reader.sink.deliveries.length).toBe(2);
    reader.channel.reject(2, false, true);
    await settle();
    expect(reader.sink.deliveries.length).toBe(3);
    reader.channel.close();
    const next = at.client();
    next.consume('q', { noAck: true });
    await settle();
    await pass(10);
    expect([next.sink.deliveries.length, at.queue('q').ready]).toEqual([5, 0]);
  });
});
