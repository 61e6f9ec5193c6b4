/** Tenants that share a queue, through a whole broker: shares, keys, removal in any place, recovery. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
  readonly reader: Client;
}

async function withQueue(plainArguments: Readonly<Record<string, unknown>>): Promise<Setting> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('q', plainArguments);
  return { at, client, reader: at.client() };
}

/** Publishes `count` messages named `tenant` and a number, from 1. */
function publish(
  client: Client,
  tenant: string,
  count: number,
  headers: Readonly<Record<string, unknown>> = {},
) {
  for (let number = 1; number <= count; number++)
    client.publish({
      routingKey: 'q',
      body: `${tenant}${number}`,
      headers: { 'x-tenant': tenant, ...headers },
    });
}

/** Takes messages one by one; returns their bodies. */
async function drain(reader: Client, count: number): Promise<string[]> {
  await settle();
  const before = Math.max(0, reader.sink.deliveries.length - 1);
  for (let left = count; left > 0; left--) {
    const last = reader.sink.deliveries.at(-1);
    if (last !== undefined && last.deliveryTag !== settled.get(reader)) {
      settled.set(reader, last.deliveryTag);
      reader.channel.acknowledge(last.deliveryTag, false);
    }
    await settle();
  }
  return reader.sink.bodies.slice(before);
}

/** The delivery that each reader has acknowledged last. */
const settled = new WeakMap<Client, number>();

function consumeOneByOne(reader: Client): void {
  reader.channel.setPrefetch(1, true);
  reader.consume('q');
}

describe('tenants of a queue', () => {
  it('are served by weight, each in its own order, whoever came first', async () => {
    const { client, reader } = await withQueue({ 'x-fair': { gold: 2 } });
    publish(client, 'bulk', 6);
    publish(client, 'gold', 6);
    client.publish({ routingKey: 'q', body: 'nobody' });
    consumeOneByOne(reader);
    expect((await drain(reader, 7)).slice(0, 8)).toEqual([
      'bulk1',
      'gold1',
      'gold2',
      'nobody',
      'bulk2',
      'gold3',
      'gold4',
      'bulk3',
    ]);
  });

  it('pay the cost that their messages name', async () => {
    const { client, reader } = await withQueue({ 'x-fair': {} });
    publish(client, 'dear', 6, { 'x-cost': 3 });
    publish(client, 'cheap', 9);
    consumeOneByOne(reader);
    const bodies = await drain(reader, 8);
    expect(bodies.filter((body) => body.startsWith('dear')).length).toBeLessThanOrEqual(3);
  });

  it('are ordered by deadline within each', async () => {
    const { client, reader } = await withQueue({ 'x-fair': {}, 'x-order': 'deadline' });
    for (const [tenant, deadline] of [
      ['a', 300],
      ['a', 100],
      ['b', 900],
      ['b', 800],
    ] as const)
      client.publish({
        routingKey: 'q',
        body: `${tenant}${deadline}`,
        headers: { 'x-tenant': tenant, 'x-deadline': deadline },
      });
    consumeOneByOne(reader);
    expect(await drain(reader, 4)).toEqual(['a100', 'b800', 'a300', 'b900']);
  });

  it('wait for keys across tenants', async () => {
    const { client, reader } = await withQueue({ 'x-fair': {} });
    publish(client, 'a', 1, { 'x-key': 'k' });
    publish(client, 'b', 1, { 'x-key': 'k' });
    publish(client, 'c', 1);
    reader.consume('q');
    await settle();
    expect(reader.sink.bodies).toEqual(['a1', 'c1']);
    reader.channel.acknowledge(1, false);
    await settle();
    expect(reader.sink.bodies).toEqual(['a1', 'c1', 'b1']);
  });

  it('keep their shares over a power loss, also out of a snapshot', async () => {
    for (const hasSnapshot of [false, true]) {
      const { at, client } = await withQueue({ 'x-fair': { gold: 3 } });
      publish(client, 'bulk', 300);
      publish(client, 'gold', 300);
      if (hasSnapshot) await at.broker.snapshot();
      await at.broker.administration.durable();
      const next = await at.crash(0);
      const reader = next.client();
      consumeOneByOne(reader);
      const bodies = await drain(reader, 39);
      expect(bodies.length).toBe(40);
      const gold = bodies.filter((body) => body.startsWith('gold'));
      expect(gold).toEqual(Array.from({ length: 30 }, (_, at) => `gold${at + 1}`));
    }
  });

  it('are recovered after some of their messages were settled', async () => {
    const { at, client, reader } = await withQueue({ 'x-fair': {} });
    publish(client, 'a', 3);
    publish(client, 'b', 3);
    reader.consume('q');
    await settle();
    reader.channel.acknowledge(4, true);
    await at.broker.administration.durable();
    const next = await at.crash(0);
    const other = next.client();
    consumeOneByOne(other);
    expect(await drain(other, 1)).toEqual(['a3', 'b3']);
  });

  it('go on in turn when messages leave from any place', async () => {
    const { at, client, reader } = await withQueue({
      'x-fair': {},
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
    });
    client.declare('dead');
    publish(client, 'a', 2, { 'x-delay': 50 });
    publish(client, 'b', 3);
    consumeOneByOne(reader);
    await settle();
    reader.channel.reject(1, false, false);
    await settle();
    expect(at.queue('dead').ready).toBe(1);
    const delayed = await at.broker.administration.listDelayed('/', 'q', 10);
    at.broker.administration.cancelDelayed('/', 'q', delayed[0]!.position);
    at.clock.advance(50);
    await settle();
    expect(await drain(reader, 2)).toEqual(['b2', 'b3', 'a2']);
    publish(client, 'c', 2);
    reader.channel.purgeQueue('q');
    publish(client, 'd', 1);
    await drain(reader, 1);
    expect(reader.sink.bodies.at(-1)).toBe('d1');
    await drain(reader, 1);
    expect([at.queue('q').ready, at.queue('q').unacknowledged]).toEqual([0, 0]);
  });

  it('lose the oldest first when the queue is too long, though all of them are held back', async () => {
    const { at, client, reader } = await withQueue({ 'x-tenant-concurrency': 1, 'x-max-length': 2 });
    reader.consume('q');
    publish(client, 'a', 1);
    await settle();
    publish(client, 'a', 4);
    await settle();
    expect([at.queue('q').ready, at.queue('q').dropped]).toEqual([2, 2]);
  });

  it('are what they were before a purge to limits that count them', async () => {
    const { client, reader } = await withQueue({ 'x-tenant-concurrency': 1 });
    reader.consume('q');
    publish(client, 'a', 600);
    await settle();
    reader.channel.purgeQueue('q');
    publish(client, 'a', 1);
    publish(client, 'b', 1);
    await settle();
    expect(reader.sink.bodies).toEqual(['a1', 'b1']);
    reader.channel.acknowledge(1, false);
    await settle();
    expect(reader.sink.bodies).toEqual(['a1', 'b1', 'a1']);
  });

  it('with a budget are not late because another floods the queue', async () => {
    const { client, reader, at } = await withQueue({
      'x-order': 'deadline',
      'x-fair-budget': { quiet: '20ms/100ms', flood: '50ms/100ms' },
    });
    const soon = at.clock.now() + 1;
    publish(client, 'flood', 20, { 'x-cost': 50, 'x-deadline': soon });
    publish(client, 'stranger', 5, { 'x-deadline': soon });
    consumeOneByOne(reader);
    await settle();
    publish(client, 'quiet', 1, { 'x-cost': 10, 'x-deadline': soon + 100 });
    expect(await drain(reader, 4)).toEqual(['flood1', 'quiet1', 'flood2', 'flood3', 'flood4']);
  });

  it.each([
    [{ 'x-fair': { a: 0 } }, 'weight'],
    [{ 'x-fair': 3 }, 'table'],
    [{ 'x-fair-budget': { a: '1ms/2ms' } }, 'deadline'],
    [{ 'x-fair-budget': { a: '3ms/2ms' }, 'x-order': 'deadline' }, 'above its period'],
    [{ 'x-fair-budget': { a: 'much' }, 'x-order': 'deadline' }, '20ms/100ms'],
    [{ 'x-rate-limit': { count: 1 } }, 'per'],
    [{ 'x-rate-limit': { count: 1, per: 10, brst: 1 } }, 'unknown field'],
    [{ 'x-concurrency': 0 }, 'below 1'],
  ])('refuse %j', async (plainArguments, why) => {
    const at = await SimulatedBroker.open();
    expect(() => {
      at.client().declare('q', plainArguments);
    }).toThrow(why);
  });
});
