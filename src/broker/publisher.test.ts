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
