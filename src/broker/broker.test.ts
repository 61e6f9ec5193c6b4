/** The broker as its clients see it, on a simulated disk: one test for each thing that once went wrong. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';

describe('a published message', () => {
  it('is delivered, and kept over a power loss until it is acknowledged', async () => {
    const first = await SimulatedBroker.open();
    const client = first.client();
    client.declare('hello');
    client.publish({ routingKey: 'hello', body: 'Hello World!' });
    await first.broker.administration.durable();
    const second = await first.crash(0);
    const later = second.client();
    later.consume('hello');
    await settle();
    expect(later.sink.bodies).toEqual(['Hello World!']);
    expect(later.sink.deliveries[0]!.redelivered).toBe(false);
    later.channel.acknowledge(1, false);
    await second.broker.administration.durable();
    const third = await second.crash(0);
    expect(third.queue('hello').ready).toBe(0);
  });
});

describe('a stop in good order', () => {
  it('is seen as one at the next start, even when a hash of the state was due', async () => {
    const at = await SimulatedBroker.open({ hashEveryRecords: 1 });
    const client = at.client();
    client.declare('q');
    client.publish({ routingKey: 'q' });
    client.consume('q', { noAck: true });
    await settle();
    client.publish({ routingKey: 'q' });
    const next = await at.restart();
    expect(next.broker.recovery.cleanStop).toBe(true);
  });
});

describe('a message without any time to live', () => {
  it('that comes while nobody can take it expires, and is not delivered later', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    const reader = at.client();
    reader.channel.setPrefetch(1, true);
    reader.consume('q');
    for (const body of ['one', 'two']) client.publish({ routingKey: 'q', body });
    await settle();
    client.publish({ routingKey: 'q', body: 'late', properties: { expiration: '0' } });
    at.clock.advance(10);
    await settle();
    reader.channel.setPrefetch(5, true);
    await settle();
    expect(reader.sink.bodies).toEqual(['one', 'two']);
  });
});
