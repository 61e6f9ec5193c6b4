/** Who published, got, settled and changed a message, and when: through a whole broker, restarts and compaction. */
import { describe, expect, it } from 'vitest';
import { Client, settle, SimulatedBroker } from '../../../tests/simulation/simulated-broker.js';
import { traceMessage } from './trace-message.js';
import type { MessageTrace, TraceEvent } from './trace.js';

function connect(at: SimulatedBroker, user: string, clientName?: string): Client {
  return new Client(at.broker.connect({ name: `at ${user}`, user, vhost: '/', clientName }));
}

function publish(client: Client, routingKey: string, messageId: string, body = 'x'): void {
  client.publish({ routingKey, body, properties: { messageId } });
}

async function trace(at: SimulatedBroker, messageId: string): Promise<MessageTrace> {
  await at.broker.administration.durable();
  return traceMessage({ directory: '/data', disk: at.disk, pause: () => Promise.resolve() }, { messageId });
}

async function eventsOf(at: SimulatedBroker, messageId: string): Promise<readonly TraceEvent[]> {
  const { lives } = await trace(at, messageId);
  expect(lives).toHaveLength(1);
  return lives[0]!.events;
}

const till = { user: 'till', connection: 'at till', clientName: 'checkout' };
const clerk = { user: 'clerk', connection: 'at clerk' };

describe('a trace of a message that is done with', () => {
  it('names the publisher, the consumer and both moments, also after a crash and a restart', async () => {
    let at = await SimulatedBroker.open();
    const shop = connect(at, 'till', 'checkout');
    shop.declare('orders');
    publish(shop, 'orders', 'm1');
    await at.broker.administration.durable();
    const publishedMs = at.clock.now();
    // Nobody has it: a crash between the publish and its delivery.
    at = await at.crash(0);
    at.clock.advance(60_000);
    const worker = connect(at, 'clerk');
    const consumerTag = worker.consume('orders');
    await settle();
    await at.broker.administration.durable();
    await settle();
    at.clock.advance(250);
    worker.channel.acknowledge(1, false);
    await at.broker.administration.durable();
    at = await at.restart();
    const [published, delivered, ended, ...none] = await eventsOf(at, 'm1');
    expect(none).toEqual([]);
    const to = { ...clerk, consumerTag, channel: 1 };
    expect(published).toMatchObject({ kind: 'published', by: till, atMs: publishedMs });
    expect(delivered).toMatchObject({ kind: 'delivered', to, atMs: publishedMs + 60_000 });
    expect(ended).toMatchObject({ kind: 'ended', why: 'acknowledged', by: to, atMs: publishedMs + 60_250 });
  });

  it('tells consumers apart that take turns, however their acknowledgements are mixed', async () => {
    const at = await SimulatedBroker.open();
    const shop = connect(at, 'till');
    shop.declare('orders');
    const workers = ['ann', 'bob', 'cem'].map((user) => connect(at, user));
    for (const worker of workers) worker.consume('orders');
    for (let n = 0; n < 30; n++) publish(shop, 'orders', `m${n}`);
    await at.broker.administration.durable();
    await settle();
    for (let tag = 10; tag > 0; tag--)
      for (const worker of workers) {
        at.clock.advance(7);
        worker.channel.acknowledge(tag, false);
        // Moments are those of turns of the event loop.
        await Promise.resolve();
      }
    for (let n = 0; n < 30; n++) {
      const [, delivered, ended] = await eventsOf(at, `m${n}`);
      const user = ['ann', 'bob', 'cem'][n % 3]!;
      expect(delivered).toMatchObject({ kind: 'delivered', to: { user } });
      const turn = (9 - Math.floor(n / 3)) * 3 + (n % 3) + 1;
      expect(ended).toMatchObject({ why: 'acknowledged', by: { user }, atMs: delivered!.atMs! + turn * 7 });
    }
  });

  it.each([
    [
      'client',
      (client: Client) => {
        client.channel.recover(true);
      },
    ],
    ['channelClosed', (client: Client) => client.channel.close()],
    ['connectionClosed', (client: Client) => client.connection.close()],
  ] as const)('says why a delivery came back: %s', async (cause, end) => {
    const at = await SimulatedBroker.open();
    const client = connect(at, 'clerk');
    client.declare('orders');
    publish(client, 'orders', 'm1');
    await client.get('orders', false);
    at.clock.advance(40);
    end(client);
    const [, delivered, requeued] = await eventsOf(at, 'm1');
    expect(delivered).toMatchObject({ kind: 'delivered', to: clerk, atMs: at.clock.now() - 40 });
    expect(requeued).toMatchObject({ kind: 'requeued', cause, by: clerk, atMs: at.clock.now() });
  });

  it('tells a stop of the broker from a crash, and invents nothing for what a crash hid', async () => {
    let at = await SimulatedBroker.open();
    const client = connect(at, 'clerk');
    client.declare('orders');
    for (const id of ['m1', 'm2']) publish(client, 'orders', id);
    await client.get('orders', false);
    at = await at.restart();
    expect((await eventsOf(at, 'm1')).at(-1)).toMatchObject({ kind: 'requeued', cause: 'brokerStopped' });
    const again = connect(at, 'clerk');
    await again.get('orders', false);
    await again.get('orders', false);
    await at.broker.administration.durable();
    at = await at.crash(0);
    const events = await eventsOf(at, 'm2');
    expect(events.map(({ kind }) => kind)).toEqual(['published', 'delivery-possible', 'requeued']);
    expect(events.at(-1)).toMatchObject({ why: 'marked', cause: 'restart', by: 'the broker' });
  });

  it('names whoever rejects, retries, takes without acknowledging, or completes with a record', async () => {
    const at = await SimulatedBroker.open();
    const client = connect(at, 'clerk');
    client.declare('morgue');
    client.declare('orders', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'morgue' });
    for (const id of ['rejected', 'completed', 'automatic']) publish(client, 'orders', id);
    await client.get('orders', false);
    at.clock.advance(5);
    client.channel.retry(1, { afterMs: 0 });
    await client.get('orders', false);
    client.channel.reject(2, false, false);
    await client.get('orders', false);
    at.clock.advance(9);
    client.channel.complete(3, { key: 'result', value: Buffer.from('done') });
    const consumerTag = client.consume('orders', { noAck: true });
    await at.broker.administration.durable();
    await settle();
    expect(await eventsOf(at, 'rejected')).toMatchObject([
      { kind: 'published', by: clerk },
      { kind: 'delivered', to: clerk },
      { kind: 'held-back', isFailure: true, by: clerk },
      { kind: 'delivered', to: clerk },
      { kind: 'ended', why: 'rejected', by: clerk },
      { kind: 'dead-letter-published' },
    ]);
    expect((await eventsOf(at, 'completed')).slice(1)).toMatchObject([
      { kind: 'delivered', to: clerk, atMs: at.clock.now() - 9 },
      { kind: 'ended', record: 'result', by: clerk, atMs: at.clock.now() },
    ]);
    expect((await eventsOf(at, 'automatic')).slice(1)).toMatchObject([
      { kind: 'delivered', to: { ...clerk, consumerTag, isAutomatic: true } },
      { kind: 'ended', why: 'acknowledged', by: { consumerTag } },
    ]);
  });

  it('names the operator who purged, removed, moved or held it, and the broker where it expired', async () => {
    const at = await SimulatedBroker.open();
    const client = connect(at, 'till', 'checkout');
    client.declare('aside');
    client.declare('orders');
    for (const id of ['removed', 'moved', 'purged']) publish(client, 'orders', id);
    const { queues } = at.broker.administration;
    const by = { user: 'ops', source: 'control socket' };
    const ops = { user: 'ops', connection: 'control socket', isOperator: true };
    await queues.remove('/', 'orders', { position: 0 }, undefined, by);
    const letter = { queue: 'aside', headers: new Map() };
    await queues.deadLetter('/', 'orders', { position: 1 }, letter, by);
    client.channel.purgeQueue('orders');
    client.publish({ routingKey: 'orders', body: '', properties: { messageId: 'late', expiration: '50' } });
    at.clock.advance(60);
    await settle();
    expect((await eventsOf(at, 'removed')).at(-1)).toMatchObject({ why: 'cancelled', by: ops });
    expect((await eventsOf(at, 'moved')).at(1)).toMatchObject({ why: 'rejected', by: ops });
    expect((await eventsOf(at, 'purged')).at(-1)).toMatchObject({ why: 'purged', by: till });
    expect((await eventsOf(at, 'late')).at(-1)).toMatchObject({ why: 'expired', by: 'the broker' });
  });

  it('keeps publishers of what lives through every compaction, and describes them in each segment', async () => {
    const at = await SimulatedBroker.open({ journal: { segmentBytes: 65_536, segmentBytesFirst: 65_536 } });
    const shop = connect(at, 'till', 'checkout');
    const worker = connect(at, 'clerk');
    for (const name of ['kept', 'filler']) shop.declare(name);
    for (let round = 0; round < 12; round++) {
      publish(shop, 'kept', `kept ${round}`);
      for (let n = 0; n < 20; n++) publish(worker, 'filler', `f${round}-${n}`, 'y'.repeat(4_000));
      for (let n = 0; n < 20; n++) await worker.get('filler', true);
      await at.broker.administration.durable();
      await at.broker.snapshot();
    }
    expect(at.events).toContain('journal.compacted');
    const later = await at.restart();
    for (let round = 0; round < 12; round++)
      expect((await eventsOf(later, `kept ${round}`))[0]).toMatchObject({ kind: 'published', by: till });
    expect((await trace(later, 'kept 0')).isWhole).toBe(false);
    expect((await trace(later, 'f0-0')).lives).toEqual([]);
    expect((await eventsOf(later, 'f11-19')).at(-1)).toMatchObject({ by: { ...clerk } });
  });
});
