/** Deliveries, expiry and limits, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { inboundMessage } from '../../tests/simulation/inbound-message.js';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';

describe('a delivery', () => {
  it('waits for the mark that it may have been made, whoever caused the mark', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    for (let n = 0; n < 2; n++) client.publish({ routingKey: 'q' });
    await at.broker.administration.durable();
    const [one, two] = [at.client(), at.client()];
    for (const reader of [one, two]) {
      reader.channel.setPrefetch(1, false);
      reader.consume('q');
    }
    await Promise.resolve();
    const [first] = one.sink.deliveries;
    const [second] = two.sink.deliveries;
    expect(first!.releaseSequence).toBeGreaterThan(at.broker.durableSequence);
    expect(second!.releaseSequence).toBe(first!.releaseSequence);
  });

  it('waits for the record that it was held for, though it is transient itself', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    client.publish({ routingKey: 'q', headers: { 'x-after': ['done'] }, properties: { deliveryMode: 1 } });
    client.consume('q');
    await at.broker.administration.durable();
    const before = at.broker.durableSequence;
    client.channel.records.put({ key: 'done', value: Buffer.alloc(0) });
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    expect(client.sink.deliveries[0]!.releaseSequence).toBeGreaterThan(before);
  });

  it('waits for the completion that let it come forward, and for the record that it was held for', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    const headers = [{ 'x-key': 'a' }, { 'x-key': 'a' }, { 'x-after': ['done'] }];
    for (const each of headers) client.publish({ routingKey: 'q', headers: each });
    client.consume('q');
    await at.broker.administration.durable();
    await settle();
    expect(client.sink.deliveries).toHaveLength(1);
    const { deliveryTag } = client.sink.deliveries[0]!;
    expect(client.channel.complete(deliveryTag, { key: 'done', value: Buffer.alloc(0) }).kind).toBe(
      'written',
    );
    const completed = at.broker.administration.durable();
    await Promise.resolve();
    const [, next, held] = client.sink.deliveries;
    for (const one of [next, held]) expect(one!.releaseSequence).toBeGreaterThan(at.broker.durableSequence);
    await completed;
  });

  it('is marked as a redelivery after a crash, also when a clean stop came between', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    client.publish({ routingKey: 'q', body: 'x' });
    client.consume('q');
    await settle();
    await at.broker.administration.durable();
    const crashed = await at.crash(0);
    const restarted = await crashed.restart();
    const later = restarted.client();
    later.consume('q');
    await settle();
    expect(later.sink.deliveries.map((one) => one.redelivered)).toEqual([true]);
  });

  it('of a message larger than all caches comes whole', async () => {
    const at = await SimulatedBroker.open({
      journal: { tailCacheBytes: 64 * 1024, blockCacheBytes: 256 * 1024 },
    });
    const client = at.client();
    client.declare('q');
    const pieces = Array.from({ length: 40 }, (_, n) => Buffer.alloc(60_000, n + 1));
    const chunks = pieces.map((piece) => at.broker.appendChunk(piece, 0, piece.length));
    client.channel.publish(inboundMessage({ routingKey: 'q', chunks }));
    await at.broker.administration.durable();
    const reader = at.client();
    reader.consume('q');
    await settle(200);
    expect(reader.sink.deliveries.map(({ body }) => body.equals(Buffer.concat(pieces)))).toEqual([true]);
  });

  it('goes on behind a slice of expired messages', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    const reader = at.client();
    reader.channel.setFlow(false);
    reader.consume('q');
    await settle();
    const expiration = '50';
    for (let n = 0; n < 256; n++)
      client.publish({ routingKey: 'q', body: 'old', properties: { expiration } });
    client.publish({ routingKey: 'q', body: 'new' });
    await settle();
    const now = at.clock.now() + 100;
    at.clock.now = () => now;
    reader.channel.setFlow(true);
    await settle();
    expect(reader.sink.bodies).toEqual(['new']);
  });
});

describe('a message without any time to live', () => {
  it('is not offered again after a restart', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    client.publish({ routingKey: 'q', body: 'first', headers: { 'x-key': 'a' } });
    client.publish({
      routingKey: 'q',
      body: 'late',
      headers: { 'x-key': 'a' },
      properties: { expiration: '0' },
    });
    await at.broker.administration.durable();
    const next = await at.crash(0);
    const reader = next.client();
    reader.consume('q');
    await settle();
    reader.channel.acknowledge(1, false);
    await settle();
    expect(reader.sink.bodies).toEqual(['first']);
  });
});

describe('a maximum length', () => {
  it('counts messages that wait for their key', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-max-length': 3 });
    for (let n = 0; n < 10; n++) client.publish({ routingKey: 'q', body: `${n}`, headers: { 'x-key': 'a' } });
    const { ready, gated } = at.queue('q');
    expect(ready + gated).toBe(3);
    const bodies: (string | undefined)[] = [];
    for (let n = 0; n < 4; n++) bodies.push(await client.get('q'));
    expect(bodies).toEqual(['7', '8', '9', undefined]);
  });

  it('is kept while the first of every key is held by a consumer', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-max-length': 2 });
    const reader = at.client();
    reader.consume('q');
    for (let n = 0; n < 10; n++) {
      client.publish({ routingKey: 'q', body: `${n}`, headers: { 'x-key': 'a' } });
      await settle(1);
    }
    expect(at.queue('q')).toMatchObject({ ready: 0, gated: 2, unacknowledged: 1 });
  });

  it('refuses publishes to a keyed queue that is full', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-max-length': 2, 'x-overflow': 'reject-publish' });
    const outcomes = [1, 2, 3].map(() => client.publish({ routingKey: 'q', headers: { 'x-key': 'a' } }));
    expect(outcomes).toEqual(['routed', 'routed', 'rejected']);
  });

  it('of a queue that refuses takes nothing away from what is given back', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    const reader = at.client();
    reader.consume('q');
    client.publish({ routingKey: 'q', body: 'one' });
    await settle();
    reader.channel.setFlow(false);
    expect(client.publish({ routingKey: 'q', body: 'two' })).toBe('routed');
    reader.channel.reject(1, false, true);
    await settle();
    expect(at.queue('q').ready).toBe(2);
  });

  it('drops from the head of the order of delivery', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-max-length': 2, 'x-max-priority': 9 });
    for (const priority of [1, 9, 5])
      client.publish({ routingKey: 'q', body: `${priority}`, properties: { priority } });
    expect([await client.get('q'), await client.get('q')]).toEqual(['5', '1']);
  });
});

describe('a queue with a limit', () => {
  it.each(['drop-head', 'reject-publish'])(
    'loses nothing of a burst that its consumer takes (%s)',
    async (overflow) => {
      const at = await SimulatedBroker.open();
      const client = at.client();
      client.declare('q', { 'x-max-length': 1, 'x-overflow': overflow });
      client.consume('q', { noAck: true });
      const outcomes = new Set<string>();
      for (let n = 0; n < 1_000; n++) outcomes.add(client.publish({ routingKey: 'q', body: String(n) }));
      await settle();
      expect(client.sink.bodies).toEqual(Array.from({ length: 1_000 }, (_, n) => String(n)));
      expect([...outcomes]).toEqual(['routed']);
    },
  );

  it('drops or refuses what its consumer has no credit for', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('drops', { 'x-max-length': 1 });
    client.declare('refuses', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    client.channel.setPrefetch(1, false);
    for (const queue of ['drops', 'refuses']) client.consume(queue);
    const outcomes: string[] = [];
    for (const routingKey of ['drops', 'refuses'])
      for (const body of ['a', 'b', 'c']) outcomes.push(client.publish({ routingKey, body }));
    await settle();
    expect(outcomes).toEqual(['routed', 'routed', 'routed', 'routed', 'routed', 'rejected']);
    expect(client.sink.bodies).toEqual(['a', 'a']);
    expect([at.queue('drops'), at.queue('refuses')]).toMatchObject([{ dropped: 1 }, { ready: 1 }]);
  });

  it('of nothing still serves who waits, unless it refuses', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-max-length': 0 });
    client.publish({ routingKey: 'q', body: 'nobody' });
    client.consume('q', { noAck: true });
    client.publish({ routingKey: 'q', body: 'somebody' });
    await settle();
    expect(client.sink.bodies).toEqual(['somebody']);
  });
});
