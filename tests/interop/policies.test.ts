/**
 * The same policies on RabbitMQ and on Sluice, from one definitions file: the same ones are in effect, with the same
 * merged definition, and queues and exchanges do the same.
 */
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../src/http/testing/http-fixture.js';
import type { BrokerServer } from '../support/server.mjs';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { startSluice } from '../support/start-sluice.mjs';

const reason = rabbitUnavailable();
if (reason !== undefined && process.env['SLUICE_REQUIRE_ALL'] === '1') throw new TypeError(reason);

const inRoot = { vhost: '/' };
const queue = { ...inRoot, durable: true, auto_delete: false };
const quorum = { 'x-queue-type': 'quorum' };
const policy = { ...inRoot, 'apply-to': 'queues', priority: 0 };

const document = {
  policies: [
    { ...policy, name: 'low', pattern: '', definition: { 'max-length': 9, expires: 600_000 } },
    {
      ...policy,
      ...{ name: 'orders', pattern: '^orders\\.', priority: 3 },
      definition: { 'max-length': 7, overflow: 'reject-publish', 'queue-mode': 'lazy' },
    },
    {
      ...policy,
      name: 'quorums',
      pattern: '^q',
      priority: 2,
      definition: { 'max-length': 5, overflow: 'drop-head' },
    },
    {
      ...policy,
      ...{ name: 'dead', pattern: 'mortal$', priority: 9 },
      definition: { 'max-length': 2, 'dead-letter-exchange': '', 'dead-letter-routing-key': 'grave' },
    },
    {
      ...policy,
      name: 'streams',
      pattern: '',
      priority: 99,
      definition: { 'max-age': '1h', 'max-length': 1 },
    },
    {
      ...policy,
      name: 'lazy',
      pattern: '^q',
      priority: 50,
      definition: { 'queue-mode': 'lazy', 'max-length': 1 },
    },
    {
      ...policy,
      ...{ name: 'aside', pattern: '^e', 'apply-to': 'exchanges', priority: 1 },
      definition: { 'alternate-exchange': 'amq.fanout' },
    },
    { ...policy, name: 'graves', pattern: '^grave', priority: 7, definition: { 'message-ttl': 3_600_000 } },
  ],
  parameters: [
    {
      ...inRoot,
      ...{ component: 'operator_policy', name: 'cap' },
      value: {
        pattern: '.*',
        'apply-to': 'all',
        priority: 0,
        definition: { 'max-length': 8, expires: 900_000 },
      },
    },
    {
      ...inRoot,
      ...{ component: 'operator_policy', name: 'tight' },
      value: { pattern: 'tight', 'apply-to': 'queues', priority: 1, definition: { 'max-length': 3 } },
    },
  ],
  exchanges: [
    { ...queue, name: 'e1', type: 'direct', internal: false, arguments: {} },
    { ...queue, name: 'e2', type: 'direct', internal: false, arguments: { 'alternate-exchange': 'nowhere' } },
  ],
  queues: [
    { ...queue, name: 'plain', arguments: {} },
    { ...queue, name: 'argued', arguments: { 'x-max-length': 4 } },
    { ...queue, name: 'tight', arguments: { 'x-max-length': 6 } },
    { ...queue, name: 'orders.new', arguments: {} },
    { ...queue, name: 'orders.dropping', arguments: { 'x-overflow': 'drop-head' } },
    { ...queue, name: 'q.refusing', arguments: { ...quorum, 'x-overflow': 'reject-publish' } },
    { ...queue, name: 'mortal', arguments: {} },
    { ...queue, name: 'own.mortal', arguments: { 'x-dead-letter-exchange': 'nowhere' } },
    { ...queue, name: 'grave', arguments: {} },
    { ...queue, name: 'aside', arguments: {} },
  ],
  bindings: [
    {
      ...inRoot,
      source: 'amq.fanout',
      destination: 'aside',
      destination_type: 'queue',
      routing_key: '',
      arguments: {},
    },
  ],
};

type Row = Readonly<Record<string, unknown>>;

/** What is in effect for each queue or exchange, by name. RabbitMQ tells of its queues some seconds late. */
async function effects(server: BrokerServer, kind: 'queues' | 'exchanges'): Promise<unknown> {
  for (;;) {
    const found = await effectsNow(server, kind);
    if (kind === 'exchanges' || Object.values(found).every(([, operator]) => operator !== null)) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function effectsNow(
  server: BrokerServer,
  kind: 'queues' | 'exchanges',
): Promise<Record<string, readonly unknown[]>> {
  const url = `http://127.0.0.1:${server.ports.http!}`;
  const { json } = await ask(url, 'GET', `/api/${kind}/%2F`);
  const rows = (json as unknown as Row[]).filter(({ name }) => !/^(amq\.|sluice|$)/.test(String(name)));
  return Object.fromEntries<readonly unknown[]>(
    rows.map((row) => [
      String(row['name']),
      [row['policy'] ?? null, row['operator_policy'] ?? null, row['effective_policy_definition'] ?? {}],
    ]),
  );
}

/** Publishes ten messages to each queue; what each then has, and how many were confirmed. */
async function filled(server: BrokerServer): Promise<unknown> {
  const connection = await connect(server.url);
  const channel = await connection.createConfirmChannel();
  const publish = (exchange: string, key: string): Promise<boolean> =>
    new Promise((resolve) => {
      channel.publish(exchange, key, Buffer.from('m'), { persistent: true }, (error: unknown) => {
        resolve(error === null || error === undefined);
      });
    });
  const found: Record<string, unknown> = {};
  for (const { name } of document.queues) {
    if (name === 'grave' || name === 'aside') continue;
    let confirmed = 0;
    for (let sent = 0; sent < 10; sent++) if (await publish('', name)) confirmed++;
    // A quorum queue refuses when it next hears of its length.
    found[name] = [(await channel.checkQueue(name)).messageCount, name.startsWith('q') ? '' : confirmed];
  }
  for (const exchange of ['e1', 'e2']) await publish(exchange, 'nobody');
  for (const name of ['grave', 'aside']) found[name] = (await channel.checkQueue(name)).messageCount;
  await connection.close();
  return found;
}

describe.skipIf(reason !== undefined)('the same policies on RabbitMQ and on Sluice', () => {
  let servers: readonly BrokerServer[];

  beforeAll(async () => {
    servers = await Promise.all([startRabbit({ plugins: ['rabbitmq_management'] }), startSluice()]);
    for (const server of servers) {
      const url = `http://127.0.0.1:${server.ports.http!}`;
      const { status, text } = await ask(url, 'POST', '/api/definitions', { json: document });
      expect([status, text]).toEqual([204, '']);
    }
  }, 90_000);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  }, 60_000);

  it.each(['queues', 'exchanges'] as const)(
    'are in effect for the same %s, merged alike',
    { timeout: 30_000 },
    async (kind) => {
      const [theirs, ours] = await Promise.all(servers.map((server) => effects(server, kind)));
      expect(ours).toEqual(theirs);
    },
  );

  it('have the same effect', { timeout: 60_000 }, async () => {
    const [theirs, ours] = await Promise.all(servers.map(filled));
    expect(ours).toEqual(theirs);
    expect(theirs).toMatchObject({ plain: [8, 10], argued: [4, 10], tight: [3, 10], grave: 8, aside: 1 });
  });

  it('act on queues that stand', { timeout: 60_000 }, async () => {
    const after = await Promise.all(
      servers.map(async (server) => {
        const url = `http://127.0.0.1:${server.ports.http!}`;
        const json = {
          pattern: '^plain$',
          definition: { 'max-length': 2 },
          'apply-to': 'queues',
          priority: 20,
        };
        await ask(url, 'PUT', '/api/policies/%2F/short', { json });
        const connection = await connect(server.url);
        const channel = await connection.createChannel();
        let { messageCount } = await channel.checkQueue('plain');
        // RabbitMQ tells its queues after it has answered.
        for (let left = 100; messageCount !== 2 && left > 0; left--)
          ({ messageCount } = await channel.checkQueue('plain'));
        await connection.close();
        return messageCount;
      }),
    );
    expect(after).toEqual([2, 2]);
  });
});
