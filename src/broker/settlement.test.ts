/** Settling deliveries, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';

describe('a recover', () => {
  it('gives its credit to the other queues of a channel whose consumers share it', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    for (const name of ['a', 'b']) client.declare(name);
    client.publish({ routingKey: 'a' });
    const reader = at.client();
    reader.channel.setPrefetch(1, true);
    const tag = reader.consume('a');
    reader.consume('b');
    await settle();
    client.publish({ routingKey: 'b', body: 'waits' });
    await settle();
    reader.channel.cancel(tag);
    reader.channel.recover(true);
    await settle();
    expect(reader.sink.bodies).toEqual(['', 'waits']);
  });
});
