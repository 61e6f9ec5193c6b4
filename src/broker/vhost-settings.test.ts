/** What is set of a virtual host: it outlives a crash, counts in the hash of the state, and limits queues. */
import { expect, it } from 'vitest';
import { SimulatedBroker } from '../../tests/simulation/simulated-broker.js';

it.each([false, true])(
  'is the same after a crash, and gone with its virtual host (snapshot: %s)',
  async (has) => {
    const at = await SimulatedBroker.open();
    const { administration } = at.broker;
    administration.createVirtualHost('v');
    administration.setVhost('v', { description: 'team', tags: ['a', 'b'], queuesMax: 7 });
    administration.setVhost('v', { connectionsMax: 3, tags: ['c'] });
    administration.setVhost('/', { queuesMax: 1 });
    administration.setVhost('/', { queuesMax: undefined });
    if (has) await at.broker.snapshot();
    await administration.durable();
    const next = await at.crash(0, { hashEveryRecords: 1 });
    const recovered = next.broker.administration;
    expect(recovered.vhostSettings('v')).toEqual({
      ...{ description: 'team', tags: ['c'], queuesMax: 7, connectionsMax: 3 },
    });
    expect(recovered.vhostSettings('/')).toMatchObject({ description: '', tags: [], queuesMax: undefined });
    recovered.deleteVirtualHost('v');
    recovered.createVirtualHost('v');
    const last = await next.restart();
    expect(last.broker.administration.vhostSettings('v').description).toBe('');
    await last.broker.close();
  },
);

it('lets no more queues be declared than its limit, and keeps those that stand', async () => {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('a');
  client.declare('b');
  at.broker.administration.setVhost('/', { queuesMax: 2 });
  client.declare('a');
  expect(() => {
    client.declare('c');
  }).toThrow("cannot declare queue 'c' in vhost '/': queue limit in vhost '/' (2) is reached");
  at.broker.administration.setVhost('/', { queuesMax: undefined });
  at.client().declare('c');
  await at.broker.close();
});

it('refuses what it cannot be', async () => {
  const at = await SimulatedBroker.open();
  const { administration } = at.broker;
  const set = (changes: Parameters<typeof administration.setVhost>[1]) => (): void => {
    administration.setVhost('/', changes);
  };
  expect(set({ queuesMax: -1 })).toThrow('whole number');
  expect(set({ connectionsMax: 1.5 })).toThrow('whole number');
  expect(set({ description: 'x'.repeat(1_025) })).toThrow('1024 bytes');
  expect(set({ tags: Array.from({ length: 65 }, String) })).toThrow('64 tags');
  expect(() => administration.setVhost('none', {})).toThrow('no virtual host');
  await at.broker.close();
});
