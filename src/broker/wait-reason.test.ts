/** Every gate that holds a message is named, in the order in which the dispatcher meets them. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
  readonly why: (position: number) => Promise<unknown>;
}

async function withQueue(plainArguments: Readonly<Record<string, unknown>> = {}): Promise<Setting> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('q', plainArguments);
  const why = async (position: number): Promise<unknown> => {
    const asked = at.broker.administration.explain('/', 'q', position);
    await settle();
    return (await asked).reason;
  };
  return { at, client, why };
}

function publish(client: Client, count: number, headers: Readonly<Record<string, unknown>> = {}): void {
  for (let number = 0; number < count; number++) client.publish({ routingKey: 'q', body: 'm', headers });
}

describe('why a message waits', () => {
  it('is nothing for one that is not there', async () => {
    const { why } = await withQueue();
    expect(await why(3)).toEqual({ kind: 'absent' });
  });

  it('is a pause before a missing consumer, a missing consumer before the order', async () => {
    const { at, client, why } = await withQueue();
    publish(client, 3);
    expect(await why(2)).toEqual({ kind: 'no-consumer' });
    at.broker.administration.queues.pause('/', 'q');
    expect(await why(2)).toEqual({ kind: 'paused' });
    at.broker.administration.queues.resume('/', 'q');
    client.channel.setPrefetch(1, true);
    client.consume('q');
    await settle();
    expect([await why(0), await why(2)]).toEqual([{ kind: 'unacknowledged' }, { kind: 'no-credit' }]);
  });

  it('is its delay, its key, or what its key has used', async () => {
    const { at, client, why } = await withQueue({ 'x-key-rate-limit': { count: 1, per: 100 } });
    const nowMs = at.clock.now();
    publish(client, 1, { 'x-delay': 50 });
    publish(client, 3, { 'x-key': 'k' });
    client.consume('q');
    await settle();
    expect([await why(0), await why(2)]).toEqual([
      { kind: 'delay', untilMs: nowMs + 50 },
      { kind: 'key-busy', position: 1 },
    ]);
    client.channel.acknowledge(1, false);
    await settle();
    const reason = (await why(2)) as { kind: string; untilMs: number };
    expect(reason.kind).toBe('key-rate');
    expect(reason.untilMs).toBeCloseTo(nowMs + 100, 3);
  });

  it('is a limit of the queue, or of its tenant', async () => {
    const both = await withQueue({ 'x-concurrency': 2, 'x-tenant-concurrency': 1 });
    publish(both.client, 2, { 'x-tenant': 'a' });
    both.client.consume('q');
    await settle();
    expect(await both.why(1)).toEqual({ kind: 'tenant-concurrency', held: 1, max: 1 });
    publish(both.client, 1, { 'x-tenant': 'b' });
    await settle();
    expect(await both.why(1)).toEqual({ kind: 'queue-concurrency', held: 2, max: 2 });
    const rate = await withQueue({ 'x-rate-limit': { count: 1, per: 100 } });
    publish(rate.client, 2);
    rate.client.consume('q');
    await settle();
    expect(await rate.why(1)).toMatchObject({ kind: 'queue-rate' });
    const tenant = await withQueue({ 'x-tenant-rate-limit': { count: 1, per: 100 } });
    publish(tenant.client, 2);
    tenant.client.consume('q');
    await settle();
    expect(await tenant.why(1)).toMatchObject({ kind: 'tenant-rate' });
  });

  it('comes with the number of those that go before it, of its tenant alone', async () => {
    const { at, client } = await withQueue({ 'x-fair': {}, 'x-order': 'deadline' });
    for (const [tenant, deadline] of [
      ['a', 5],
      ['b', 1],
      ['a', 2],
      ['a', 9],
    ] as const)
      publish(client, 1, { 'x-tenant': tenant, 'x-deadline': deadline });
    const explained = await Promise.all(
      [0, 1, 2, 3].map((position) => at.broker.administration.explain('/', 'q', position)),
    );
    expect(explained.map(({ ahead }) => ahead)).toEqual([1, 0, 0, 2]);
    expect(explained[0]!.tenants).toBe(2);
  });
});
