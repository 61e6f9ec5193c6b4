/** Deliveries that failed and come again at their own place, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
  readonly reader: Client;
}

async function withQueue(plainArguments: Readonly<Record<string, unknown>> = {}): Promise<Setting> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('q', plainArguments);
  const reader = at.client();
  return { at, client, reader };
}

function lastTag(reader: Client): number {
  return reader.sink.deliveries.at(-1)!.deliveryTag;
}

describe('a retried message', () => {
  it('comes again when its time has come, before those behind it', async () => {
    const { at, client, reader } = await withQueue();
    for (const body of ['a', 'b', 'c']) client.publish({ routingKey: 'q', body });
    reader.channel.setPrefetch(1, true);
    reader.consume('q');
    await settle();
    reader.channel.retry(1, { afterMs: 100 });
    await settle();
    expect(at.queue('q').delayed).toBe(1);
    at.clock.advance(100);
    await settle();
    reader.channel.acknowledge(2, false);
    await settle();
    expect(reader.sink.bodies).toEqual(['a', 'b', 'a']);
    expect(reader.sink.deliveries[2]!.redelivered).toBe(true);
  });

  it('says how often it was delivered, on a classic queue too, and the others say nothing', async () => {
    const { client, reader } = await withQueue();
    for (const body of ['a', 'b']) client.publish({ routingKey: 'q', body });
    reader.consume('q');
    await settle();
    reader.channel.reject(2, false, true);
    reader.channel.retry(1, { afterMs: 0 });
    await settle();
    reader.channel.retry(3, { afterMs: 0 });
    await settle();
    const counts = reader.sink.deliveries.map(({ body, properties }) => [
      body.toString(),
      Number((properties.headers?.get('x-delivery-count') as { value?: bigint } | undefined)?.value ?? 0),
    ]);
    expect(counts).toEqual([
      ['a', 0],
      ['b', 0],
      ['a', 1],
      ['b', 0],
      ['a', 2],
    ]);
  });

  it('keeps its key closed until it is settled, and lets other keys pass', async () => {
    const { at, client, reader } = await withQueue();
    for (const [key, body] of [
      ['k', 'k1'],
      ['k', 'k2'],
      ['other', 'o1'],
    ] as const)
      client.publish({ routingKey: 'q', body, headers: { 'x-key': key } });
    reader.consume('q');
    await settle();
    reader.channel.retry(1, { afterMs: 100 });
    await settle();
    expect(reader.sink.bodies).toEqual(['k1', 'o1']);
    at.clock.advance(100);
    await settle();
    expect(reader.sink.bodies).toEqual(['k1', 'o1', 'k1']);
    reader.channel.acknowledge(lastTag(reader), false);
    await settle();
    expect(reader.sink.bodies).toEqual(['k1', 'o1', 'k1', 'k2']);
  });

  it('keeps its key closed over a power loss, with its delay and its count, also out of a snapshot', async () => {
    for (const hasSnapshot of [false, true]) {
      const { at, client, reader } = await withQueue();
      client.publish({ routingKey: 'q', body: 'late', headers: { 'x-key': 'k', 'x-delay': 10 } });
      for (const body of ['k1', 'k2']) client.publish({ routingKey: 'q', body, headers: { 'x-key': 'k' } });
      reader.consume('q');
      await settle();
      at.clock.advance(10);
      reader.channel.retry(1, { afterMs: 1_000 });
      if (hasSnapshot) await at.broker.snapshot();
      await at.broker.administration.durable();
      const next = await at.crash(0);
      const again = next.client();
      again.consume('q');
      await settle();
      expect(again.sink.bodies).toEqual([]);
      next.clock.advance(1_000);
      await settle();
      expect(again.sink.bodies).toEqual(['k1']);
      expect(
        Number(
          (again.sink.deliveries[0]!.properties.headers!.get('x-delivery-count') as { value: bigint }).value,
        ),
      ).toBe(1);
    }
  });

  it('is dead-lettered once the delivery limit is reached', async () => {
    const { client, reader } = await withQueue({
      'x-queue-type': 'quorum',
      'x-delivery-limit': 1,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
    });
    client.declare('dead');
    client.publish({ routingKey: 'q', body: 'a' });
    reader.consume('q');
    for (let n = 1; n <= 2; n++) {
      await settle();
      reader.channel.retry(n, { afterMs: 0 });
    }
    await settle();
    expect(await client.get('dead')).toBe('a');
  });

  it('is held back from the commit of its transaction on, and not after a rollback', async () => {
    const { at, client, reader } = await withQueue();
    client.publish({ routingKey: 'q', body: 'a' });
    reader.consume('q');
    await settle();
    reader.channel.selectTransaction();
    reader.channel.retry(1, { afterMs: 50 });
    reader.channel.rollbackTransaction();
    expect(at.queue('q').unacknowledged).toBe(1);
    reader.channel.retry(1, { afterMs: 50 });
    reader.channel.commitTransaction();
    expect(at.queue('q').delayed).toBe(1);
  });

  it('is cancelled like any delayed one, and its key goes on', async () => {
    const { at, client, reader } = await withQueue();
    for (const body of ['k1', 'k2']) client.publish({ routingKey: 'q', body, headers: { 'x-key': 'k' } });
    reader.consume('q');
    await settle();
    reader.channel.retry(1, { afterMs: 1_000 });
    expect(at.broker.administration.cancelDelayed('/', 'q', 0).cancelled).toBe(true);
    await settle();
    expect(reader.sink.bodies).toEqual(['k1', 'k2']);
  });

  it('refuses an unknown tag and a delay out of range', async () => {
    const { reader } = await withQueue();
    expect(() => {
      reader.channel.retry(1, { afterMs: 1 });
    }).toThrow(/unknown delivery tag/);
    for (const afterMs of [-1, NaN, 2 ** 32])
      expect(() => {
        reader.channel.retry(1, { afterMs });
      }).toThrow(/a retry comes after/);
  });
});

describe('a delay that is ended by hand', () => {
  it('makes a message ready at once, and it may be retried again', async () => {
    const { at, client, reader } = await withQueue();
    client.publish({ routingKey: 'q', body: 'a' });
    reader.consume('q');
    await settle();
    reader.channel.retry(1, { afterMs: 1_000 });
    expect(at.broker.administration.queues.releaseNow('/', 'q', 0).changed).toBe(true);
    expect(at.broker.administration.queues.releaseNow('/', 'q', 0).changed).toBe(false);
    await settle();
    expect(reader.sink.bodies).toEqual(['a', 'a']);
    reader.channel.retry(2, { afterMs: 3_000 });
    at.clock.advance(1_000);
    await settle();
    expect(reader.sink.bodies).toHaveLength(2);
    at.clock.advance(2_000);
    await settle();
    expect(reader.sink.bodies).toHaveLength(3);
  });

  it('survives a power loss', async () => {
    const { at, client } = await withQueue();
    client.publish({ routingKey: 'q', body: 'a', headers: { 'x-delay': 60_000 } });
    at.broker.administration.queues.releaseNow('/', 'q', 0);
    await at.broker.administration.durable();
    const next = await at.crash(0);
    expect(next.queue('q')).toMatchObject({ ready: 1, delayed: 0 });
  });

  it('sends on what a delayed exchange holds', async () => {
    const { at, client } = await withQueue();
    client.declareExchange('later', 'x-delayed-message', { 'x-delayed-type': 'direct' });
    client.bind('later', 'q', 'x');
    client.publish({ exchange: 'later', routingKey: 'x', body: 'a', headers: { 'x-delay': 60_000 } });
    expect(at.broker.administration.queues.releaseNow('/', 'later', 0).changed).toBe(true);
    await settle();
    expect(await client.get('q')).toBe('a');
  });
});

describe('a paused queue', () => {
  it('delivers nothing, takes what is published, and goes on when resumed', async () => {
    const { at, client, reader } = await withQueue();
    reader.consume('q');
    const { queues } = at.broker.administration;
    expect(queues.pause('/', 'q').changed).toBe(true);
    expect(queues.pause('/', 'q').changed).toBe(false);
    client.publish({ routingKey: 'q', body: 'a' });
    await settle();
    expect(await client.get('q')).toBe(undefined);
    expect(reader.sink.bodies).toEqual([]);
    expect(at.queue('q')).toMatchObject({ paused: true, ready: 1, consumers: 1 });
    expect(queues.resume('/', 'q').changed).toBe(true);
    await settle();
    expect(reader.sink.bodies).toEqual(['a']);
  });

  it('stays paused over a power loss, with a snapshot and without', async () => {
    for (const hasSnapshot of [false, true]) {
      const { at } = await withQueue();
      at.broker.administration.queues.pause('/', 'q');
      if (hasSnapshot) await at.broker.snapshot();
      await at.broker.administration.durable();
      const next = await at.crash(0);
      expect(next.queue('q').paused).toBe(true);
      next.client().channel.deleteQueue('q', false, false);
      await next.broker.administration.durable();
      await next.crash(0);
    }
  });

  it('lets messages expire', async () => {
    const { at, client } = await withQueue({ 'x-message-ttl': 50 });
    at.client().consume('q');
    at.broker.administration.queues.pause('/', 'q');
    client.publish({ routingKey: 'q', body: 'a' });
    await settle();
    at.clock.advance(50);
    await settle();
    expect(at.queue('q').ready).toBe(0);
  });
});
