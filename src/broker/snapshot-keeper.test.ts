/** Snapshots and compaction while the broker goes on, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';

describe('a compaction', () => {
  // An acknowledgement is applied at once and recorded a little later; a power loss between brings the message back.
  it.each(Array.from({ length: 24 }, (_, step) => step * 12))(
    'keeps what a crash brings back, also when it was settled %i steps into the snapshot',
    async (steps) => {
      const at = await SimulatedBroker.open();
      const client = at.client();
      for (const name of ['kept', 'filler']) client.declare(name);
      for (const body of ['one', 'two']) client.publish({ routingKey: 'kept', body });
      const fill = async (): Promise<void> => {
        for (let n = 0; n < 60; n++) client.publish({ routingKey: 'filler', body: Buffer.alloc(10_000) });
        await at.broker.administration.durable();
        client.channel.purgeQueue('filler');
        await at.broker.administration.durable();
      };
      await fill();
      await at.broker.snapshot();
      client.consume('kept');
      await fill();
      const running = at.broker.snapshot();
      for (let left = steps; left > 0; left--) await Promise.resolve();
      client.channel.acknowledge(1, false);
      await running;
      const later = await at.crash(0);
      const reader = later.client();
      reader.consume('kept');
      await settle(10);
      expect(['one,two', 'two']).toContain(reader.sink.bodies.join());
      expect(later.events).not.toContain('message.unreadable');
    },
  );
});
