/** Policies take effect on queues and exchanges that stand, through a whole broker, and outlive it. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../../tests/simulation/simulated-broker.js';
import { fieldTable, toPlain } from '../content/index.js';
import type { PolicyDeclaration, PolicyDefinition, PolicyKind } from './policy.js';

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
}

async function opened(): Promise<Setting> {
  const at = await SimulatedBroker.open();
  return { at, client: at.client() };
}

function set(
  { at }: { readonly at: SimulatedBroker },
  definition: PolicyDefinition,
  more: Partial<PolicyDeclaration> & { readonly kind?: PolicyKind } = {},
): void {
  const { kind = 'policy', ...rest } = more;
  const declaration = { name: 'p', pattern: '', applyTo: 'all', priority: 0, ...rest, definition } as const;
  at.broker.administration.policies.set(kind, '/', declaration);
}

const publish = ({ client }: Setting, count: number, routingKey = 'q'): void => {
  for (let n = 0; n < count; n++)
    client.publish({ routingKey, body: `m${n}`, properties: { deliveryMode: 2 } });
};

const ready = ({ at }: { at: SimulatedBroker }, queue = 'q'): number => at.queue(queue).ready;

describe('a policy on a queue that stands', () => {
  it('cuts it to its length at once, and no longer once it is cleared', async () => {
    const setting = await opened();
    setting.client.declare('q');
    publish(setting, 10);
    set(setting, { 'max-length': 3 });
    expect(ready(setting)).toBe(3);
    expect(await setting.client.get('q')).toBe('m7');
    setting.at.broker.administration.policies.clear('policy', '/', 'p');
    publish(setting, 10);
    expect(ready(setting)).toBe(12);
  });

  it('cuts a long queue in slices, with others between', async () => {
    const setting = await opened();
    setting.client.declare('q');
    publish(setting, 5_000);
    set(setting, { 'max-length': 10 });
    expect(ready(setting)).toBeGreaterThan(10);
    await settle(40);
    expect(ready(setting)).toBe(10);
    expect(setting.at.queue('q').dropped).toBe(4_990);
  });

  it('dead-letters what a length drops, however much that is', async () => {
    const setting = await opened();
    setting.client.declare('q');
    setting.client.declare('dead');
    publish(setting, 3_000);
    set(
      setting,
      { 'max-length': 0, 'dead-letter-exchange': '', 'dead-letter-routing-key': 'dead' },
      { pattern: '^q$' },
    );
    await settle(400);
    expect([ready(setting), ready(setting, 'dead')]).toEqual([0, 3_000]);
  });

  it('refuses publishes, sets the time to live of what comes later, and lets the queue expire', async () => {
    const setting = await opened();
    const { at, client } = setting;
    client.declare('q');
    publish(setting, 1);
    set(setting, { 'max-length': 2, overflow: 'reject-publish', 'message-ttl': 1_000 });
    expect(client.publish({ routingKey: 'q' })).toBe('routed');
    expect(client.publish({ routingKey: 'q' })).toBe('rejected');
    at.clock.advance(1_001);
    await settle();
    // RabbitMQ too counts from the arrival: what was there before has no time to live.
    expect(await client.get('q')).toBe('m0');
    expect(await client.get('q')).toBe(undefined);
    at.clock.advance(3_600_000);
    set(setting, { expires: 500 });
    at.clock.advance(400);
    expect(at.queue('q')).toBeDefined();
    at.clock.advance(101);
    await settle();
    expect(at.queue('q')).toBe(undefined);
  });

  it('limits deliveries at once, and those of a queue declared later', async () => {
    const setting = await opened();
    const { client } = setting;
    client.declare('q');
    publish(setting, 5);
    set(setting, { concurrency: 2 });
    client.consume('q');
    await settle();
    expect(client.sink.deliveries).toHaveLength(2);
    set(setting, { concurrency: 4 });
    await settle();
    expect(client.sink.deliveries).toHaveLength(4);
    client.declare('later');
    publish(setting, 5, 'later');
    client.consume('later');
    await settle();
    expect(client.sink.deliveries).toHaveLength(8);
  });

  it('lets go what a rate of its key held back', async () => {
    const setting = await opened();
    const { client } = setting;
    client.declare('q');
    set(setting, { 'key-rate-limit': { count: 1, per: 60_000 } });
    client.consume('q', { noAck: true });
    for (let n = 0; n < 3; n++) client.publish({ routingKey: 'q', headers: { 'x-key': 'k' } });
    await settle();
    expect(client.sink.deliveries).toHaveLength(1);
    setting.at.broker.administration.policies.clear('policy', '/', 'p');
    await settle();
    expect(client.sink.deliveries).toHaveLength(3);
  });

  it('that ends dead-lettering while messages are on their way lets them go, and not back', async () => {
    const setting = await opened();
    const { client } = setting;
    client.declare('q');
    client.declare('dead');
    publish(setting, 1_500);
    const dead = { 'max-length': 0, 'dead-letter-exchange': '', 'dead-letter-routing-key': 'dead' };
    set(setting, dead, { pattern: '^q$' });
    set(setting, { 'max-length': 0 }, { pattern: '^q$' });
    await settle(100);
    expect(ready(setting)).toBe(0);
    expect(ready(setting, 'dead')).toBeLessThan(1_500);
    expect(setting.at.queue('q').published).toBe(1_500);
  });
});

describe('a policy on an exchange', () => {
  it('sends on what is not routed, unless the exchange says where itself', async () => {
    const setting = await opened();
    const { client } = setting;
    client.declare('other');
    client.declareExchange('aside', 'fanout');
    client.bind('aside', 'other');
    client.declareExchange('e', 'direct');
    client.declareExchange('own', 'direct', { 'alternate-exchange': 'nowhere' });
    const sent = (exchange: string): string => client.publish({ exchange, routingKey: 'x' });
    expect(sent('e')).toBe('unroutable');
    set(setting, { 'alternate-exchange': 'aside' }, { applyTo: 'exchanges' });
    expect([sent('e'), sent('amq.direct'), sent('own'), sent('')]).toEqual([
      'routed',
      'routed',
      'unroutable',
      'unroutable',
    ]);
    expect(ready(setting, 'other')).toBe(2);
  });
});

describe('what is in effect', () => {
  it('follows priority, target and both kinds, and says so', async () => {
    const setting = await opened();
    const { at, client } = setting;
    client.declare('orders', { 'x-max-length': 50, 'x-dead-letter-exchange': 'own' });
    set(setting, { 'max-length': 9 }, { name: 'low' });
    set(
      setting,
      { 'max-length': 100, 'dead-letter-exchange': 'policys', 'queue-mode': 'lazy' },
      { name: 'high', priority: 5 },
    );
    set(setting, { expires: 1_000 }, { name: 'others', priority: 9, applyTo: 'exchanges' });
    set(setting, { 'max-length': 70, expires: 60_000 }, { name: 'cap', kind: 'operator-policy' });
    const effect = at.broker.administration.policies.effectOn({ kind: 'queue', vhost: '/', name: 'orders' });
    expect({ ...effect, arguments: toPlain(effect.arguments) }).toEqual({
      policy: 'high',
      operatorPolicy: 'cap',
      definition: {
        'dead-letter-exchange': 'policys',
        expires: 60_000,
        'max-length': 70,
        'queue-mode': 'lazy',
      },
      ignored: ['queue-mode'],
      arguments: { 'x-max-length': 50, 'x-dead-letter-exchange': 'own', 'x-expires': 60_000 },
    });
    expect(at.queue('orders')).toMatchObject({ policy: 'high', operatorPolicy: 'cap' });
  });

  it('is the same after a crash, out of a snapshot, and gone with the virtual host', async () => {
    for (const hasSnapshot of [false, true]) {
      const setting = await opened();
      const { at, client } = setting;
      client.declare('q');
      client.declareExchange('e', 'direct');
      publish(setting, 9);
      set(setting, { 'max-length': 5, 'alternate-exchange': 'amq.fanout' });
      set(setting, { expires: 60_000 }, { name: 'gone', kind: 'operator-policy' });
      at.broker.administration.policies.clear('operator-policy', '/', 'gone');
      at.broker.administration.createVirtualHost('v');
      at.broker.administration.policies.set('policy', 'v', {
        ...{ name: 'v', pattern: 'x', applyTo: 'all', priority: 1, definition: { expires: 5 } },
      } as const);
      if (hasSnapshot) await at.broker.snapshot();
      await at.broker.administration.durable();
      const next = await at.crash(0, { hashEveryRecords: 1 });
      expect(next.queue('q')).toMatchObject({ ready: 5, policy: 'p', operatorPolicy: undefined });
      expect(next.broker.administration.policies.list('policy').map(({ name }) => name)).toEqual(['p', 'v']);
      const again = next.client();
      publish({ at: next, client: again }, 1);
      expect(ready({ at: next })).toBe(5);
      next.broker.administration.deleteVirtualHost('v');
      const last = await next.restart();
      expect(last.broker.administration.policies.list('policy')).toHaveLength(1);
      await last.broker.close();
    }
  });

  it('cuts a queue that a crash kept from being cut', async () => {
    const setting = await opened();
    setting.client.declare('q');
    publish(setting, 2_000);
    set(setting, { 'max-length': 10 });
    await setting.at.broker.administration.durable();
    const next = await setting.at.crash(0);
    await settle(20);
    expect(ready({ at: next })).toBe(10);
  });
});

describe('a sweep over many queues', () => {
  it('ends with every one governed, though policies change meanwhile', async () => {
    const setting = await opened();
    const { at, client } = setting;
    for (let n = 0; n < 300; n++)
      client.channel.declareQueue({
        ...{
          name: `q${n}`,
          durable: true,
          exclusive: n % 2 === 0,
          autoDelete: false,
          arguments: fieldTable({}),
        },
      });
    const { policies } = at.broker.administration;
    set(setting, { 'max-length': 1 }, { pattern: '(a|a?)+$|q' });
    set(setting, { 'max-length': 2 }, { name: 'z', priority: 1, pattern: '[02468]$' });
    await policies.settled('/');
    for (const queue of at.broker.administration.listQueues())
      expect(queue.policy).toBe(/[02468]$/.test(queue.name) ? 'z' : 'p');
  });
});
