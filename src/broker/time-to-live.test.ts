/** Messages with no time to live: for whoever can take them at once, and for nobody else. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';

async function opened(): Promise<{ at: SimulatedBroker; client: Client }> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('q', { 'x-message-ttl': 0 });
  return { at, client };
}

/** Lets a millisecond pass, in which what has expired goes. */
async function pass(at: SimulatedBroker): Promise<void> {
  await settle();
  at.clock.advance(2);
  await settle();
}

describe('a time to live of zero', () => {
  it('brings every message of a burst to a consumer that takes them', async () => {
    const { at, client } = await opened();
    client.consume('q', { noAck: true });
    for (let n = 0; n < 2_000; n++) client.publish({ routingKey: 'q', body: String(n) });
    for (let turn = 0; turn < 20; turn++) await pass(at);
    expect(client.sink.bodies).toEqual(Array.from({ length: 2_000 }, (_, n) => String(n)));
    expect(at.queue('q').expired).toBe(0);
  });

  it('drops what comes while no consumer has credit, before and after one had', async () => {
    const { at, client } = await opened();
    client.publish({ routingKey: 'q', body: 'nobody' });
    await pass(at);
    client.channel.setPrefetch(1, false);
    client.consume('q');
    for (const body of ['one', 'two']) client.publish({ routingKey: 'q', body });
    await pass(at);
    client.publish({ routingKey: 'q', body: 'three' });
    await pass(at);
    expect(client.sink.bodies).toEqual(['one']);
    expect(at.queue('q')).toMatchObject({ ready: 0, unacknowledged: 1, expired: 3 });
  });

  it('drops a message that is given back', async () => {
    const { at, client } = await opened();
    client.consume('q');
    client.publish({ routingKey: 'q' });
    await pass(at);
    client.channel.reject(1, false, true);
    await pass(at);
    expect(client.sink.deliveries).toHaveLength(1);
    expect(at.queue('q')).toMatchObject({ ready: 0, unacknowledged: 0, expired: 1 });
  });

  it('goes for a single message as for a queue, and begins when a delay ends', async () => {
    const { at, client } = await opened();
    client.declare('plain');
    client.consume('plain', { noAck: true });
    const properties = { expiration: '0' };
    client.publish({ routingKey: 'plain', body: 'now', properties });
    client.publish({ routingKey: 'plain', body: 'later', properties, headers: { 'x-delay': 1_000 } });
    await pass(at);
    expect(client.sink.bodies).toEqual(['now']);
    at.clock.advance(1_000);
    await pass(at);
    expect(client.sink.bodies).toEqual(['now', 'later']);
  });

  it('leaves nothing to be had by get', async () => {
    const { client } = await opened();
    client.publish({ routingKey: 'q' });
    expect(await client.get('q')).toBeUndefined();
  });
});
