/** What a channel does for its client, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { inboundMessage } from '../../tests/simulation/inbound-message.js';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { fieldTable, type FieldNumber } from './content/index.js';

describe('a transaction', () => {
  it('that cannot be committed changes nothing and stops nobody', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    client.declareExchange('fleeting', 'fanout');
    client.bind('fleeting', 'q');
    const writer = at.client();
    writer.channel.selectTransaction();
    writer.publish({ routingKey: 'q', body: 'one' });
    writer.publish({ exchange: 'fleeting', routingKey: '', body: 'two' });
    client.channel.deleteExchange('fleeting', false);
    expect(() => writer.channel.commitTransaction()).toThrow(/no exchange 'fleeting'/);
    expect(at.queue('q').ready).toBe(0);
    client.publish({ routingKey: 'q', body: 'three' });
    await at.broker.administration.durable();
    const later = await at.crash(0);
    expect(await later.client().get('q')).toBe('three');
  });

  it('keeps what it has acknowledged through a recover', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    for (const body of ['one', 'two']) client.publish({ routingKey: 'q', body });
    const reader = at.client();
    reader.consume('q');
    await settle();
    reader.channel.selectTransaction();
    reader.channel.acknowledge(1, false);
    reader.channel.recover(true);
    await settle();
    reader.channel.commitTransaction();
    expect(reader.sink.deliveries.map((one) => [one.body.toString(), one.redelivered])).toEqual([
      ['one', false],
      ['two', false],
      ['two', true],
    ]);
    expect(at.queue('q')).toMatchObject({ ready: 0, unacknowledged: 1 });
  });

  it('gives its acknowledgements back when the channel closes', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    client.publish({ routingKey: 'q' });
    const reader = at.client();
    reader.consume('q');
    await settle();
    reader.channel.selectTransaction();
    reader.channel.acknowledge(1, false);
    reader.channel.close();
    expect(at.queue('q')).toMatchObject({ ready: 1, unacknowledged: 0 });
  });
});

describe('a channel that ends', () => {
  it('gives back any number of deliveries, however they interleave with those of others', async () => {
    const at = await SimulatedBroker.open({ journal: { segmentBytesFirst: 2 ** 22, segmentBytes: 2 ** 22 } });
    const client = at.client();
    client.declare('q');
    const readers = [at.client(), at.client()];
    for (const reader of readers) reader.consume('q');
    const count = 140_000;
    for (let n = 0; n < count; n++) client.publish({ routingKey: 'q', properties: { deliveryMode: 1 } });
    while (at.queue('q').ready > 0) await settle(1);
    client.publish({ routingKey: 'q', body: 'kept' });
    await settle();
    readers[0]!.connection.close();
    const { ready, unacknowledged } = at.queue('q');
    expect(ready + unacknowledged).toBe(count + 1);
    expect(ready).toBeGreaterThan(count / 3);
    await at.broker.administration.durable();
  }, 60_000);
});

/** A queue with one message, and a client that has held it for an hour. */
async function overdue(
  plainArguments: Readonly<Record<string, unknown>>,
  hearsCancels = true,
): Promise<{ readonly at: SimulatedBroker; readonly client: Client }> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.sink.hearsCancels = hearsCancels;
  client.declare('q', plainArguments);
  client.publish({ routingKey: 'q' });
  client.consume('q');
  await settle();
  at.clock.advance(3_600_000);
  await settle();
  return { at, client };
}

describe('a delivery that waits too long', () => {
  it('ends its channel by the timeout of its own consumer', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    const quorum = { 'x-queue-type': 'quorum' };
    for (const name of ['slow', 'fast']) client.declare(name, quorum);
    client.publish({ routingKey: 'slow' });
    client.consume('slow', { arguments: { 'x-consumer-timeout': 60_000 } });
    const fast = client.consume('fast', { arguments: { 'x-consumer-timeout': 5_000 } });
    await settle();
    at.clock.advance(30_000);
    client.publish({ routingKey: 'fast' });
    await settle();
    at.clock.advance(5_000);
    expect(client.sink.cancelled).toEqual([]);
    at.clock.advance(2_000);
    expect([client.sink.cancelled, client.sink.failures]).toEqual([[fast], []]);
    expect([at.queue('fast').ready, at.queue('slow').unacknowledged]).toEqual([1, 1]);
  });

  it('may still be settled, in vain', async () => {
    const { at, client } = await overdue({ 'x-queue-type': 'quorum', 'x-consumer-timeout': 1_000 });
    client.channel.acknowledge(1, false);
    client.channel.reject(1, false, true);
    expect(at.queue('q')).toMatchObject({ ready: 1, unacknowledged: 0, acknowledged: 0 });
    expect(() => {
      client.channel.acknowledge(2, false);
    }).toThrow(/unknown delivery tag 2/);
  });

  it('does not count towards the delivery limit', async () => {
    const limits = { 'x-consumer-timeout': 1_000, 'x-delivery-limit': 0 };
    const { at, client } = await overdue({ 'x-queue-type': 'quorum', ...limits });
    client.consume('q');
    await settle();
    const { headers } = client.sink.deliveries[1]!.properties;
    expect(headers?.get('x-acquired-count')).toMatchObject({ value: 1 });
    expect(headers?.has('x-delivery-count')).toBe(false);
    expect(at.queue('q').unacknowledged).toBe(1);
  });

  it('ends the channel where the queue is classic, or the client hears of no cancels', async () => {
    const classic = await overdue({});
    expect(classic.client.sink.failures[0]).toMatch(/Timeout value used: 1800000 ms/);
    const deaf = await overdue({ 'x-queue-type': 'quorum', 'x-consumer-timeout': 1_000 }, false);
    expect(deaf.client.sink.failures[0]).toMatch(/Timeout value used: 1000 ms/);
    expect(deaf.client.sink.cancelled).toEqual([]);
  });

  it('ends the channel after a get', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-queue-type': 'quorum', 'x-consumer-timeout': 1_000 });
    client.publish({ routingKey: 'q' });
    await client.get('q', false);
    at.clock.advance(2_500);
    expect(client.sink.failures).toHaveLength(1);
  });
});

describe('a get', () => {
  it('never gives out what has expired, however much of it there is', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    for (let n = 0; n < 1_000; n++)
      client.publish({ routingKey: 'q', body: 'old', properties: { expiration: '5' } });
    client.publish({ routingKey: 'q', body: 'new' });
    at.clock.advance(4);
    jump(at, 10);
    expect(await client.get('q')).toBe('new');
  });

  it('lets the next of its key be delivered', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    const reader = at.client();
    for (const body of ['one', 'two']) client.publish({ routingKey: 'q', body, headers: { 'x-key': 'a' } });
    reader.channel.setFlow(false);
    reader.consume('q');
    await settle();
    reader.channel.setFlow(true);
    expect(await client.get('q')).toBe('one');
    await settle();
    expect(reader.sink.bodies).toEqual(['two']);
  });

  it('leaves a new head whose expiry is watched', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    client.publish({ routingKey: 'q', body: 'stays' });
    client.publish({ routingKey: 'q', body: 'goes', properties: { expiration: '1000' } });
    expect(await client.get('q')).toBe('stays');
    at.clock.advance(2_000);
    await settle();
    expect(at.queue('q')).toMatchObject({ ready: 0, expired: 1 });
  });
});

describe('a redelivery from a quorum queue', () => {
  it('tells how often it was delivered, by get as by consume', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-queue-type': 'quorum' });
    client.publish({ routingKey: 'q' });
    const reader = at.client();
    reader.consume('q');
    await settle();
    reader.channel.reject(1, false, true);
    await settle();
    expect(reader.sink.deliveries[1]!.properties.headers?.get('x-delivery-count')).toMatchObject({
      value: 1,
    });
    reader.connection.close();
    const counted = await new Promise<boolean>((resolve) => {
      client.channel.get('q', true, (reply) => {
        resolve(
          reply.kind === 'message' &&
            reply.message.propertiesBuffer
              .subarray(reply.message.propertiesStart, reply.message.propertiesEnd)
              .includes('x-delivery-count'),
        );
      });
    });
    expect(counted).toBe(true);
  });
});

describe('a delivery given back to a quorum queue', () => {
  const acquired = 'x-acquired-count';
  const failed = 'x-delivery-count';

  /** What the next delivery says of those before, as numbers. */
  async function counts(client: Client): Promise<unknown[]> {
    await settle();
    const { headers } = client.sink.deliveries.at(-1)!.properties;
    return [acquired, failed].map((name) => Number((headers?.get(name) as FieldNumber | undefined)?.value));
  }

  it('counts as acquired, and only where it failed towards the limit', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-queue-type': 'quorum', 'x-delivery-limit': 1 });
    client.publish({ routingKey: 'q' });
    client.consume('q');
    expect(await counts(client)).toEqual([NaN, NaN]);
    client.channel.giveBack(1, false);
    expect(await counts(client)).toEqual([1, NaN]);
    client.channel.recover(true);
    expect(await counts(client)).toEqual([2, NaN]);
    client.channel.reject(3, false, true);
    expect(await counts(client)).toEqual([3, 1]);
    client.channel.giveBack(4, false);
    expect(await counts(client)).toEqual([4, 1]);
    client.channel.reject(5, false, true);
    await settle();
    expect(at.queue('q')).toMatchObject({ ready: 0, unacknowledged: 0 });
  });

  it.each([
    ['the journal', false],
    ['a snapshot', true],
  ])('is counted so after a restart from %s', async (_from, snapshots) => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-queue-type': 'quorum' });
    client.publish({ routingKey: 'q' });
    for (let n = 0; n < 3; n++) {
      await client.get('q', false);
      if (n < 2) client.channel.giveBack(n + 1, false);
      else client.channel.reject(n + 1, false, true);
    }
    if (snapshots) await at.broker.snapshot();
    const later = (await at.restart()).client();
    later.consume('q');
    expect(await counts(later)).toEqual([3, 1]);
  });

  it('goes back when its transaction commits', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-queue-type': 'quorum', 'x-delivery-limit': 0 });
    client.publish({ routingKey: 'q' });
    client.channel.selectTransaction();
    await client.get('q', false);
    client.channel.giveBack(1, false);
    expect(at.queue('q').ready).toBe(0);
    client.channel.commitTransaction();
    expect(at.queue('q').ready).toBe(1);
  });
});

describe('an unbind', () => {
  it("succeeds without binding, queue or exchange, and is refused for another connection's queue", async () => {
    const at = await SimulatedBroker.open();
    const [owner, other] = [at.client(), at.client()];
    const table = fieldTable({});
    owner.channel.declareQueue({
      name: 'mine',
      durable: false,
      exclusive: true,
      autoDelete: false,
      arguments: table,
    });
    const absent = { source: 'amq.direct', destination: 'none', routingKey: 'k', arguments: table };
    expect(other.channel.unbindQueue(absent).changed).toBe(false);
    expect(other.channel.unbindQueue({ ...absent, source: 'none' }).changed).toBe(false);
    expect(other.channel.unbindExchange(absent).changed).toBe(false);
    owner.bind('amq.direct', 'mine', 'k');
    const bound = { ...absent, destination: 'mine' };
    expect(() => other.channel.unbindQueue(bound)).toThrow(/locked queue/);
    expect(owner.channel.unbindQueue(bound).changed).toBe(true);
  });
});

describe('direct reply-to', () => {
  it('carries a large reply whole, also when its pieces have left memory', async () => {
    const at = await SimulatedBroker.open();
    const asker = at.client();
    const answerer = at.client();
    asker.channel.consume({
      queue: 'amq.rabbitmq.reply-to',
      consumerTag: 'replies',
      noAck: true,
      exclusive: false,
      arguments: new Map(),
    });
    asker.declare('rpc');
    asker.publish({ routingKey: 'rpc', properties: { replyTo: 'amq.rabbitmq.reply-to' } });
    answerer.consume('rpc', { noAck: true });
    await settle();
    const { replyTo } = answerer.sink.deliveries[0]!.properties;
    const piece = Buffer.alloc(60_000, 'r');
    const chunks = [at.broker.appendChunk(piece, 0, piece.length)];
    for (let n = 0; n < 64; n++) asker.publish({ routingKey: 'rpc', body: Buffer.alloc(16_000) });
    await at.broker.administration.durable();
    answerer.channel.publish(inboundMessage({ routingKey: replyTo!, chunks }));
    await settle(20);
    expect(asker.sink.deliveries[0]!.body.equals(piece)).toBe(true);
  });
});

/** Moves the clock without running what is due meanwhile. */
function jump(at: SimulatedBroker, byMs: number): void {
  const { clock } = at;
  const now = clock.now() + byMs;
  clock.now = () => now;
}
