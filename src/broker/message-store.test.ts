/** Stored messages found again, in memory or on disk, through a whole broker. */
import { describe, expect, it } from 'vitest';
import {
  settle,
  SimulatedBroker,
  smallJournal,
  type Client,
} from '../../tests/simulation/simulated-broker.js';
import { seededRandom } from '../kernel/index.js';
import type { ChunkReference } from './face.js';

const pieceBytes = 50_000;
const random = seededRandom(11);
const bodies = [70_000, 3_000_000, 150_000, 60_000, 1_200_000].map((bytes) => random.bytes(bytes));

/** Publishes bodies in pieces, those of all of them between each other in the journal. */
function publishTogether(at: SimulatedBroker, client: Client): void {
  const chunks: ChunkReference[][] = bodies.map(() => []);
  const longest = Math.max(...bodies.map(({ length }) => length));
  for (let from = 0; from < longest; from += pieceBytes) {
    bodies.forEach((body, index) => {
      const end = Math.min(body.length, from + pieceBytes);
      if (from < end) chunks[index]!.push(at.broker.appendChunk(body, from, end));
    });
  }
  bodies.forEach((body, index) => {
    const properties = { messageId: `${index} of ${body.length}` };
    client.publish({ routingKey: 'q', properties, chunks: chunks[index]! });
  });
}

/** A broker whose caches are too small for what stands in its queue. */
async function withBodies(): Promise<SimulatedBroker> {
  const roomy = { segmentBytesFirst: 2 ** 22, segmentBytes: 2 ** 22 };
  const at = await SimulatedBroker.open({ journal: { ...smallJournal, ...roomy } });
  const client = at.client();
  client.declare('q');
  publishTogether(at, client);
  client.declare('other');
  for (let n = 0; n < 40; n++) client.publish({ routingKey: 'other', body: Buffer.alloc(30_000, n) });
  await at.broker.administration.durable();
  return at;
}

describe('large bodies', () => {
  it.each([
    ['a disk that has them at hand', 0],
    ['a slow disk', 5],
  ])('come back whole from %s, with their names and properties', async (_, readMs) => {
    const at = await withBodies();
    at.disk.slow('read', readMs);
    const reads = at.disk.operations('read');
    const reader = at.client();
    reader.consume('q');
    while (reader.sink.deliveries.length < bodies.length) {
      await settle(1);
      at.clock.advance(1);
    }
    reader.sink.deliveries.forEach(({ body, properties, routingKey, exchange }, index) => {
      const messageId = `${index} of ${bodies[index]!.length}`;
      expect([exchange, routingKey, properties.messageId]).toEqual(['', 'q', messageId]);
      expect(body.equals(bodies[index]!)).toBe(true);
    });
    // A read for each piece would be 91 of them.
    if (readMs > 0) expect(at.disk.operations('read') - reads).toBeLessThan(60);
  });

  it.each([
    ['a disk that has them at hand', 0],
    ['a slow disk', 2],
  ])('of several queues are put together side by side from %s', async (_, readMs) => {
    const at = await withBodies();
    const writer = at.client();
    for (const name of ['a', 'b']) {
      writer.declare(name);
      bodies.forEach((body, index) => {
        const chunks: ChunkReference[] = [];
        for (let from = 0; from < body.length; from += pieceBytes)
          chunks.push(at.broker.appendChunk(body, from, Math.min(body.length, from + pieceBytes)));
        writer.publish({ routingKey: name, properties: { messageId: `${name}${index}` }, chunks });
      });
    }
    await at.broker.administration.durable();
    at.disk.slow('read', readMs);
    const readers = ['q', 'a', 'b'].map((name) => {
      const reader = at.client();
      reader.consume(name);
      return reader;
    });
    while (readers.some(({ sink }) => sink.deliveries.length < bodies.length)) {
      await settle(1);
      at.clock.advance(1);
    }
    for (const [reader, name] of [
      [readers[0]!, 'q'],
      [readers[1]!, 'a'],
      [readers[2]!, 'b'],
    ] as const) {
      reader.sink.deliveries.forEach(({ body, routingKey, properties }, index) => {
        expect([routingKey, body.equals(bodies[index]!)]).toEqual([name, true]);
        if (name !== 'q') expect(properties.messageId).toBe(`${name}${index}`);
      });
    }
  });
});
