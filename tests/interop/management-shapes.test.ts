/**
 * RabbitMQ's management API and Sluice's, asked the same after the same life: each answer has the same keys with values
 * of the same kinds, but for the differences in one table.
 */
import { connect, type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../src/http/testing/http-fixture.js';
import { matchedRabbitmqVersion } from '../../src/protocols/amqp/index.js';
import { likeRabbitmqVersion } from '../../src/http/rabbitmq/identity.js';
import type { BrokerServer } from '../support/server.mjs';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { startSluice } from '../support/start-sluice.mjs';
import { allowed, empty } from './management/differences.js';
import { differences, shapeOf } from './management/shape.js';

const reason = rabbitUnavailable();

/** A server and a client that lives on it. */
interface Side {
  readonly server: BrokerServer;
  readonly url: string;
  readonly connection: ChannelModel;
}

async function live(server: BrokerServer): Promise<Side> {
  const url = `http://127.0.0.1:${server.ports.http!}`;
  const connection = await connect(server.url, { clientProperties: { connection_name: 'life' } });
  const channel = await connection.createConfirmChannel();
  await channel.prefetch(2);
  await channel.assertQueue('orders', { durable: true, arguments: { 'x-max-length': 100 } });
  await channel.assertExchange('events', 'topic', { durable: true });
  await channel.bindQueue('orders', 'events', 'a.*', { note: 'x' });
  for (let sent = 0; sent < 5; sent++) channel.publish('events', 'a.b', Buffer.from('hello'));
  await channel.waitForConfirms();
  const delivered = new Promise<void>((resolve) => {
    let count = 0;
    void channel.consume('orders', (message) => {
      if (count === 0 && message !== null) channel.ack(message);
      if (++count === 3) resolve();
    });
  });
  await delivered;
  const json = { pattern: '^or', definition: { 'max-length': 50 }, 'apply-to': 'queues', priority: 1 };
  await ask(url, 'PUT', '/api/policies/%2F/short', { json });
  return { server, url, connection };
}

/** The body, once it tells of the life above: RabbitMQ's figures come some seconds late, and one sample has no rate. */
async function read(side: Side, path: string): Promise<unknown> {
  for (;;) {
    const { json, status } = await ask(side.url, 'GET', `/api${await named(side, path)}`);
    expect([path, status]).toEqual([path, 200]);
    if (isComplete(path, json)) return json;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Names that each side gives by itself, in the place of those in capitals. */
async function named(side: Side, path: string): Promise<string> {
  const kind = { NODE: '/nodes', CONNECTION: '/connections', CHANNEL: '/channels' }[
    /[A-Z]{4,}/.exec(path)?.[0] ?? ''
  ];
  if (kind === undefined) return path;
  const [first] = (await read(side, kind)) as { readonly name: string }[];
  return path.replace(/[A-Z]{4,}/, encodeURIComponent(first!.name));
}

function isComplete(path: string, json: unknown): boolean {
  const text = JSON.stringify(json);
  if (empty.has(path)) return true;
  if (path.includes('_age=')) return /"samples":\[/.test(text) && !/"avg_rate":[^-\d]/.test(text);
  if (path.includes('columns=')) return text.includes('"messages":');
  if ((path === '/overview' || path === '/nodes') && !text.includes('"contexts":[{')) return false;
  const hasFigures = path === '/overview' || /^.queues(\/%2F.orders)?(\?page=.*)?$/.test(path);
  if (/^.exchanges(\/%2F(\/events)?)?$/.test(path)) return /"publish_in_details":\{"rate":/.test(text);
  if (hasFigures) return /"publish_details":\{"rate":/.test(text) && /"ack":1/.test(text);
  if (path === '/connections') return /channels":1/.test(text);
  if (path === '/channels') return /"messages_unacknowledged":2/.test(text) && /"publish":5/.test(text);
  return text !== '[]';
}

describe.skipIf(reason !== undefined)('the same life on RabbitMQ and on Sluice', () => {
  let theirs: Side;
  let ours: Side;

  beforeAll(async () => {
    const plugins = ['rabbitmq_consistent_hash_exchange', 'rabbitmq_management'];
    [theirs, ours] = await Promise.all([startRabbit({ plugins }).then(live), startSluice().then(live)]);
  }, 90_000);

  afterAll(async () => {
    await Promise.all([theirs, ours].map(({ connection }) => connection.close()));
    await Promise.all([theirs.server.stop(), ours.server.stop()]);
  }, 60_000);

  it.each(Object.keys(allowed))('%s has the same shape', { timeout: 30_000 }, async (path) => {
    const [their, our] = await Promise.all([read(theirs, path), read(ours, path)]);
    expect(differences(shapeOf(their), shapeOf(our))).toEqual(allowed[path]);
  });

  it('has the statuses and errors of RabbitMQ', { timeout: 30_000 }, async () => {
    const differing: unknown[] = [];
    for (const [method, path, json] of requests) {
      const asked = json === undefined ? {} : { json };
      const [their, our] = await Promise.all(
        [theirs, ours].map(({ url }) => ask(url, method, `/api${path}`, asked)),
      );
      if (their!.status === our!.status && their!.json['error'] === our!.json['error']) continue;
      differing.push([method, path, json, [their!.status, their!.text], [our!.status, our!.text]]);
    }
    expect(differing).toEqual([]);
  });
});

it('names the release that AMQP clients are told of', () => {
  expect(likeRabbitmqVersion).toBe(matchedRabbitmqVersion);
});

/** Requests in an order in which each finds what it needs. */
const requests: readonly (readonly [string, string, unknown?])[] = [
  ['PUT', '/vhosts/v2'],
  ['PUT', '/vhosts/v2', { description: 'd' }],
  ['GET', '/vhosts/v2'],
  ['GET', '/vhosts/v2/permissions'],
  ['PUT', '/users/u1', { password: 'p', tags: 'management' }],
  ['PUT', '/users/u1', { password: 'q', tags: ['monitoring'] }],
  ['PUT', '/users/u2', { password: 'p' }],
  ['PUT', '/users/u2', []],
  ['PUT', '/users/u3', { password_hash: 'not base64!', tags: '' }],
  ['GET', '/users/u1'],
  ['GET', '/users/u1/permissions'],
  ['GET', '/users/without-permissions'],
  ['PUT', '/permissions/v2/u1', { configure: '.*', write: '.*', read: '^x' }],
  ['PUT', '/permissions/v2/u1', { configure: '.*', write: '.*', read: '^y' }],
  ['PUT', '/permissions/v2/u1', { configure: '*', write: '.*', read: '^y' }],
  ['PUT', '/permissions/v2/u1', { write: '.*', read: '^y' }],
  ['PUT', '/permissions/v2/nobody', { configure: '', write: '', read: '' }],
  ['PUT', '/permissions/nowhere/u1', { configure: '', write: '', read: '' }],
  ['GET', '/permissions/v2/u1'],
  ['GET', '/permissions/v2/nobody'],
  ['PUT', '/topic-permissions/v2/u1', { exchange: 'amq.topic', write: '.*', read: '^x' }],
  ['PUT', '/topic-permissions/v2/u1', { exchange: 'amq.topic', write: '.*', read: '^y' }],
  ['GET', '/topic-permissions/v2/u1'],
  ['DELETE', '/topic-permissions/v2/u1'],
  ['DELETE', '/permissions/v2/u1'],
  ['DELETE', '/permissions/v2/u1'],
  ['POST', '/users/bulk-delete', { users: ['nobody'] }],
  ['DELETE', '/users/u1'],
  ['DELETE', '/users/u1'],
  ['PUT', '/queues/v2/a', { durable: true }],
  ['PUT', '/queues/v2/a', { durable: 'true' }],
  ['PUT', '/queues/v2/a', { durable: true, arguments: { 'x-max-length': 1 } }],
  ['PUT', '/queues/v2/b', { durable: 'perhaps' }],
  ['PUT', '/queues/v2/b', { durable: true, arguments: { 'x-max-length': 'many' } }],
  ['PUT', '/queues/v2/b', { durable: true, arguments: [] }],
  ['PUT', '/queues/v2/amq.own', { durable: true }],
  ['PUT', '/queues/nowhere/a', {}],
  ['GET', '/queues/nowhere/a'],
  ['GET', '/queues/v2/none'],
  ['DELETE', '/queues/%2F/orders?if-unused=true'],
  ['DELETE', '/queues/v2/none'],
  ['DELETE', '/queues/v2/none/contents'],
  ['POST', '/queues/v2/a/actions', { action: 'sync' }],
  ['POST', '/queues/v2/a/actions', { action: 'dance' }],
  ['PUT', '/exchanges/v2/e', { type: 'topic', durable: true }],
  ['PUT', '/exchanges/v2/e', { type: 'topic', durable: true }],
  ['PUT', '/exchanges/v2/e', { type: 'direct', durable: true }],
  ['PUT', '/exchanges/v2/f', { type: 'none' }],
  ['PUT', '/exchanges/v2/amq.own', { type: 'direct' }],
  ['DELETE', '/exchanges/v2/amq.direct'],
  ['DELETE', '/exchanges/v2/none'],
  ['POST', '/bindings/v2/e/e/q/a', { routing_key: 'x.#' }],
  ['POST', '/bindings/v2/e/e/q/a', { routing_key: 'y', arguments: { z: 1 } }],
  ['POST', '/bindings/v2/e/e/q/none', {}],
  ['POST', '/bindings/v2/e/e/e/amq.fanout', { routing_key: 'k' }],
  ['GET', '/bindings/v2/e/e/q/a'],
  ['GET', '/bindings/v2/e/e/q/a/none'],
  ['DELETE', '/bindings/v2/e/e/q/a/none'],
  ['DELETE', '/bindings/v2/e/e/e/amq.fanout/k'],
  ['GET', '/exchanges/v2/e/bindings/source'],
  ['GET', '/exchanges/v2/amq.default'],
  ...['string', 'base64', 'other'].map(
    (payload_encoding) =>
      [
        'POST',
        '/exchanges/v2/amq.default/publish',
        { properties: {}, routing_key: 'a', payload: 'aGk=', payload_encoding },
      ] as const,
  ),
  [
    'POST',
    '/exchanges/v2/amq.default/publish',
    { routing_key: 'a', payload: 'x', payload_encoding: 'string' },
  ],
  [
    'POST',
    '/exchanges/v2/none/publish',
    { properties: {}, routing_key: 'a', payload: 'x', payload_encoding: 'string' },
  ],
  ['POST', '/queues/v2/a/get', { count: 2, ackmode: 'ack_requeue_true', encoding: 'auto' }],
  [
    'POST',
    '/queues/v2/a/get',
    { count: '2', ackmode: 'reject_requeue_true', encoding: 'base64', truncate: 1 },
  ],
  ['POST', '/queues/v2/a/get', { count: 2, encoding: 'auto' }],
  ['POST', '/queues/v2/a/get', { count: 2, ackmode: 'ack_requeue_false', encoding: 'other' }],
  ['POST', '/queues/v2/a/get', { count: 2, ackmode: 'ack_requeue_false', encoding: 'auto' }],
  ['POST', '/queues/v2/none/get', { count: 2, ackmode: 'ack_requeue_false', encoding: 'auto' }],
  ['GET', '/queues?page=0'],
  ['GET', '/queues?page=99'],
  ['GET', '/queues?page=x'],
  ['GET', '/queues?page=1&page_size=501'],
  ['GET', '/queues?page=1&name=(&use_regex=true'],
  ['PUT', '/policies/v2/p', { pattern: '^a', definition: { 'max-length': 3 } }],
  ['PUT', '/policies/v2/p', { pattern: '^b', definition: { 'max-length': 3 }, priority: 2 }],
  ['PUT', '/policies/v2/q', { pattern: '^a', definition: { nonsense: 3 } }],
  ['PUT', '/policies/v2/q', { pattern: '(', definition: { 'max-length': 3 } }],
  ['PUT', '/policies/v2/q', { pattern: '^a' }],
  ['GET', '/policies/v2/p'],
  ['GET', '/policies/v2/none'],
  ['DELETE', '/policies/v2/p'],
  ['DELETE', '/policies/v2/p'],
  [
    'PUT',
    '/operator-policies/v2/p',
    { pattern: '^a', definition: { 'max-length': 3 }, 'apply-to': 'queues' },
  ],
  ['DELETE', '/operator-policies/v2/p'],
  ['GET', '/vhost-limits/v2'],
  ['PUT', '/vhost-limits/v2/max-queues', { value: 1 }],
  ['PUT', '/vhost-limits/v2/max-queues', { value: 'x' }],
  ['PUT', '/vhost-limits/v2/nonsense', { value: 1 }],
  ['PUT', '/queues/v2/too-many', { durable: true }],
  ['DELETE', '/vhost-limits/v2/max-queues'],
  ['GET', '/user-limits/nobody'],
  ['PUT', '/policies/nowhere/p', { pattern: '^a', definition: { 'max-length': 3 } }],
  ['PUT', '/parameters/nonsense/v2/n', { value: 1 }],
  ['GET', '/parameters/nonsense/v2/n'],
  ['POST', '/definitions', { vhosts: [{ name: 'v3' }] }],
  ['POST', '/definitions/v3', { queues: [{ name: 'q', durable: true, auto_delete: false, arguments: {} }] }],
  ['GET', '/definitions/v3'],
  ['GET', '/aliveness-test/v2'],
  ['GET', '/health/checks/alarms'],
  ['GET', '/health/checks/local-alarms'],
  ['GET', '/health/checks/virtual-hosts'],
  ['GET', '/health/checks/node-is-quorum-critical'],
  ['GET', '/health/checks/node-is-mirror-sync-critical'],
  ['GET', '/health/checks/port-listener/1'],
  ['GET', '/health/checks/port-listener/x'],
  ['GET', '/health/checks/protocol-listener/amqp'],
  ['GET', '/health/checks/protocol-listener/none'],
  ['GET', '/health/checks/certificate-expiration/1/weeks'],
  ['GET', '/health/checks/certificate-expiration/1/parsecs'],
  ['GET', '/health/checks/certificate-expiration/x/weeks'],
  ['GET', '/nonsense'],
  ['POST', '/overview', {}],
  ['DELETE', '/connections/none'],
  ['POST', '/rebalance/queues', {}],
  ['DELETE', '/vhosts/v2'],
  ['DELETE', '/vhosts/v2'],
];
