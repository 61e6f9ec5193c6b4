import { expect, it } from 'vitest';
import { fieldTable } from './index.js';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';

const toQuarantine = { queue: 'sluice.quarantine', headers: fieldTable({ 'x-why': 'poison' }) };

it('a consumer that is ended gives back what it held, and its client hears of it', async () => {
  const at = await SimulatedBroker.open();
  const reader = at.client();
  reader.declare('q', { 'x-queue-type': 'quorum' });
  reader.consume('q');
  for (const body of ['a', 'b']) reader.publish({ routingKey: 'q', body });
  await settle();
  const { measures, consumers } = at.broker.administration;
  const [{ identity } = { identity: '' }] = measures.consumersOf('/', 'q');
  expect(consumers.close('/', 'q', identity, 'it hangs')).toEqual({ returned: 2 });
  expect(at.queue('q')).toMatchObject({ ready: 2, unacknowledged: 0, consumers: 0 });
  expect(() => consumers.close('/', 'q', identity, 'it hangs')).toThrow('has no consumer');
  // What it settles afterwards is settled in vain.
  reader.channel.acknowledge(1, false);
  expect(at.queue('q').ready).toBe(2);
  await at.broker.close();
});

it('a consumer holds as many as it is told from outside', async () => {
  const at = await SimulatedBroker.open();
  const reader = at.client();
  reader.declare('q');
  reader.channel.setPrefetch(1, false);
  reader.consume('q');
  for (const body of ['a', 'b', 'c']) reader.publish({ routingKey: 'q', body });
  await settle();
  const { measures, consumers } = at.broker.administration;
  const [{ identity } = { identity: '' }] = measures.consumersOf('/', 'q');
  expect(consumers.setPrefetch('/', 'q', identity, 2)).toEqual({ previous: 1 });
  await settle();
  expect(at.queue('q')).toMatchObject({ ready: 1, unacknowledged: 2 });
  expect(() => consumers.setPrefetch('/', 'q', identity, -1)).toThrow('whole number');
  await at.broker.close();
});

it('a message that fails again and again is found with its consumer, and goes when it comes back', async () => {
  const at = await SimulatedBroker.open();
  const reader = at.client();
  reader.declare('sluice.quarantine');
  reader.declare('q');
  reader.publish({ routingKey: 'q', body: 'poison' });
  reader.publish({ routingKey: 'q', body: 'well' });
  reader.consume('q');
  await settle();
  for (const tag of [1, 3, 4]) {
    reader.channel.reject(tag, false, true);
    await settle();
  }
  const { queues } = at.broker.administration;
  const { messages, seen } = await queues.failedMost('/', 'q', 5);
  expect(seen).toBe(2);
  expect(messages).toMatchObject([{ position: 0, deliveryCount: 3, state: { kind: 'unacknowledged' } }]);
  const { outcome } = await queues.quarantine('/', 'q', { position: 0 }, toQuarantine);
  expect(outcome).toBe('awaited');
  reader.channel.reject(5, false, true);
  await settle();
  expect(at.queue('sluice.quarantine').ready).toBe(1);
  expect(at.queue('q')).toMatchObject({ ready: 0, unacknowledged: 1 });
  expect((await queues.quarantine('/', 'q', { position: 0 }, toQuarantine)).outcome).toBe('absent');
  await at.broker.close();
});

it('what was to go when it comes back stays, once that is taken back', async () => {
  const at = await SimulatedBroker.open();
  const reader = at.client();
  reader.declare('sluice.quarantine');
  reader.declare('q');
  reader.publish({ routingKey: 'q', body: 'a' });
  reader.consume('q');
  await settle();
  const { queues } = at.broker.administration;
  await queues.quarantine('/', 'q', { position: 0 }, toQuarantine);
  expect(queues.forgetOrder('/', 'q', 0)).toBe(true);
  expect(queues.forgetOrder('/', 'q', 0)).toBe(false);
  reader.channel.reject(1, false, true);
  await settle();
  expect(at.queue('q').unacknowledged).toBe(1);
  await at.broker.close();
});

it('a key is held by its first message, over a restart, and goes on when that is released', async () => {
  const at = await SimulatedBroker.open();
  const writer = at.client();
  writer.declare('q', { 'x-queue-type': 'quorum' });
  for (const body of ['a1', 'a2']) writer.publish({ routingKey: 'q', body, headers: { 'x-key': 'a' } });
  writer.publish({ routingKey: 'q', body: 'b1', headers: { 'x-key': 'b' } });
  await settle();
  const first = await at.broker.administration.queues.firstOfKey('/', 'q', 'a');
  expect(first?.position).toBe(0);
  const until = at.clock.now() + 3_600_000;
  const held = await at.broker.administration.queues.holdBack('/', 'q', { position: 0 }, until);
  expect(held.outcome).toBe('held');
  const again = await at.restart();
  expect(again.queue('q')).toMatchObject({ ready: 1, delayed: 1, gated: 1 });
  again.broker.administration.queues.releaseNow('/', 'q', 0);
  expect(again.queue('q')).toMatchObject({ ready: 2, delayed: 0 });
  await again.broker.close();
});
