/** Routes, refusals and records of publishes, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { inboundMessage, rawInboundMessage } from '../../tests/simulation/inbound-message.js';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';
import { encodeProperties } from './content/index.js';

describe('a publish', () => {
  it('to a consistent hash of a property is routed anew each time', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declareExchange('hash', 'x-consistent-hash', { 'hash-property': 'message_id' });
    for (const name of ['a', 'b']) {
      client.declare(name);
      client.bind('hash', name, '1');
    }
    for (let n = 0; n < 100; n++)
      client.publish({ exchange: 'hash', routingKey: '', properties: { messageId: `id-${n}` } });
    expect(at.queue('a').ready).toBeGreaterThan(10);
    expect(at.queue('b').ready).toBeGreaterThan(10);
  });

  it('to more queues than one record names reaches all of them, or none', async () => {
    const at = await SimulatedBroker.open({ journal: { segmentBytes: 2 ** 22, segmentBytesFirst: 2 ** 22 } });
    const client = at.client();
    client.declareExchange('all', 'fanout');
    const count = 10_000;
    for (let n = 0; n < count; n++) {
      client.declare(`q${n}`);
      client.bind('all', `q${n}`);
    }
    expect(client.publish({ exchange: 'all', routingKey: '', body: 'x' })).toBe('routed');
    const sequence = client.channel.publishSequence;
    await at.broker.administration.durable();
    expect(at.broker.durableSequence).toBeGreaterThanOrEqual(sequence);
    const later = await at.crash(0);
    const queues = later.broker.administration.listQueues('/');
    expect(queues.filter(({ ready }) => ready === 1)).toHaveLength(count);
    const reader = later.client();
    expect(await reader.get('q9999')).toBe('x');
  }, 60_000);

  it('with malformed headers is refused and leaves nothing behind', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    const properties = encodeProperties({
      deliveryMode: 2,
      headers: new Map([['nested', new Map([['a', 'b']])]]),
    });
    properties[properties.indexOf('a') + 1] = 0x7e;
    expect(() => client.channel.publish(rawInboundMessage('', 'q', properties, Buffer.from('x')))).toThrow();
    expect(at.queue('q').ready).toBe(0);
    await at.broker.administration.durable();
  });

  it('of pieces that are still arriving survives a compaction', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    client.declare('filler');
    const piece = Buffer.alloc(10_000, 'p');
    const chunks = [at.broker.appendChunk(piece, 0, piece.length)];
    client.declare('keeper');
    client.publish({ routingKey: 'keeper' });
    for (let snapshots = 0; snapshots < 2; snapshots++) {
      for (let n = 0; n < 100; n++) client.publish({ routingKey: 'filler', body: Buffer.alloc(10_000) });
      await at.broker.administration.durable();
      client.channel.purgeQueue('filler');
      await at.broker.administration.durable();
      await at.broker.snapshot();
    }
    expect(at.events).toContain('journal.compacted');
    client.channel.publish(inboundMessage({ routingKey: 'q', chunks }));
    await at.broker.administration.durable();
    const later = await at.crash(0);
    const reader = later.client();
    reader.consume('q');
    await settle(10);
    expect(reader.sink.deliveries.map(({ body }) => body.equals(piece))).toEqual([true]);
  });

  it('refused by a full queue keeps its pieces for the dead-letter exchange', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('morgue');
    client.declare('full', {
      'x-max-length': 0,
      'x-overflow': 'reject-publish-dlx',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'morgue',
    });
    const piece = Buffer.alloc(10_000, 'p');
    const chunks = [at.broker.appendChunk(piece, 0, piece.length)];
    expect(client.channel.publish(inboundMessage({ routingKey: 'full', chunks }))).toBe('rejected');
    await settle();
    client.consume('morgue');
    await settle();
    expect(client.sink.deliveries.map(({ body }) => body.equals(piece))).toEqual([true]);
    client.channel.acknowledge(1, false);
    await at.broker.administration.durable();
    expect(at.broker.journal.stats().liveBytes).toBe(0);
  });
});

describe("a Celery task's ETA", () => {
  const task = (eta: unknown) => ({ lang: 'py', task: 'app.remind', id: 'a', eta });
  const soon = (at: SimulatedBroker, ms: number): string => new Date(at.clock.now() + ms).toISOString();

  async function published(eta: (at: SimulatedBroker) => unknown, setting?: 'deliver') {
    const settings = setting === undefined ? {} : { settings: { eta: setting } };
    const at = await SimulatedBroker.open(settings);
    const client = at.client();
    client.declare('q');
    client.publish({ routingKey: 'q', headers: task(eta(at)) });
    return { at, client };
  }

  it('is waited for in the queue, far beyond the longest x-delay too', async () => {
    const days = 100 * 86_400_000;
    const { at } = await published((here) => soon(here, days).replace('Z', '999+00:00'));
    expect(at.queue('q')).toMatchObject({ ready: 0, delayed: 1 });
    at.clock.advance(days - 10);
    expect(at.queue('q').delayed).toBe(1);
    at.clock.advance(20);
    expect(at.queue('q')).toMatchObject({ ready: 1, delayed: 0 });
  });

  it('is waited for if it comes after the delay', async () => {
    const { at, client } = await published(() => null);
    client.publish({ routingKey: 'q', headers: { ...task(soon(at, 50)), 'x-delay': 100 } });
    client.publish({ routingKey: 'q', headers: { ...task(soon(at, 100)), 'x-delay': 50 } });
    at.clock.advance(75);
    expect(at.queue('q')).toMatchObject({ ready: 1, delayed: 2 });
    at.clock.advance(50);
    expect(at.queue('q').ready).toBe(3);
  });

  it.each<[string, (at: SimulatedBroker) => unknown]>([
    ['none', () => null],
    ['past', (at) => soon(at, -1_000)],
    ['of no offset from UTC', (at) => soon(at, 60_000).replace('Z', '')],
    ['no moment', () => '2026-99-99T00:00:00Z'],
    ['a number', (at) => at.clock.now() + 60_000],
  ])('is not waited for: %s', async (_, eta) => {
    expect((await published(eta)).at.queue('q')).toMatchObject({ ready: 1, delayed: 0 });
  });

  it('is for the worker to wait for where the setting says so, and in messages of others', async () => {
    const { at, client } = await published((here) => soon(here, 60_000), 'deliver');
    expect(at.queue('q').ready).toBe(1);
    client.publish({ routingKey: 'q', headers: { eta: soon(at, 60_000) } });
    expect(at.queue('q').ready).toBe(2);
  });
});
