/**
 * Each route of RabbitMQ's management API that is no GET, done on a real server, leaves one record with its event. A
 * new route that is not done here fails.
 */
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rabbitAuditTable } from '../../src/http/rabbitmq/testing/rabbit-audit.js';
import { ActServer } from './act-server.js';

let server: ActServer;
const done = new Set<string>();

beforeAll(async () => {
  server = await ActServer.start();
  await server.told();
}, 60_000);

afterAll(() => server.close());

/** Parts of the path. */
type Fields = Readonly<Record<string, string>>;

interface Act {
  readonly body?: unknown;
  /** Events besides that it leaves. */
  readonly also?: readonly string[];
  /** It is always refused. */
  readonly isRefused?: true;
}

/** Does a route, and expects its record and no other. */
async function act(name: string, fields: Fields = {}, given: Act = {}): Promise<void> {
  const { body, also = [], isRefused } = given;
  const [method = '', path = ''] = name.split(' ');
  const names: Fields = { vhost: '/', queue: 'work', exchange: 'events', ...fields };
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(names[field] ?? 'none'));
  const answer = await server.ask(method, `/api${filled}`, body === undefined ? {} : { json: body });
  expect(answer.status < 300, `${name}: ${answer.status} ${answer.text}`).toBe(isRefused === undefined);
  const news = await server.told();
  const leaves = rabbitAuditTable.get(name);
  const own = leaves !== undefined && 'event' in leaves ? leaves.event : undefined;
  const record = { event: own, actor: 'guest', source: 'HTTP from 127.0.0.1', outcome: 'success' };
  const told = news.filter(({ event }) => !also.includes(event));
  expect(told, `${name}: ${JSON.stringify(news)}`).toMatchObject(own === undefined ? [] : [record]);
  done.add(name);
}

const queue = '/queues/{vhost}/{queue}';

it('tells what is done to queues, exchanges and messages', { timeout: 60_000 }, async () => {
  await act(`PUT ${queue}`, {}, { body: { durable: true } });
  await act('PUT /exchanges/{vhost}/{exchange}', {}, { body: { type: 'topic', durable: true } });
  const ends = { source: 'events', kind: 'q', destination: 'work' };
  const pair = '/bindings/{vhost}/e/{source}/{kind}/{destination}';
  await act(`POST ${pair}`, ends, { body: { routing_key: 'a' } });
  const message = { properties: {}, routing_key: 'a', payload: 'x', payload_encoding: 'string' };
  await act('POST /exchanges/{vhost}/{exchange}/publish', {}, { body: message });
  const looking = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' };
  await server.made('POST', '/api/queues/%2F/work/get', looking);
  expect(await server.told()).toEqual([]);
  await act(`POST ${queue}/get`, {}, { body: { ...looking, ackmode: 'ack_requeue_false' } });
  await act(`DELETE ${queue}/contents`);
  await act(`POST ${queue}/actions`, {}, { body: { action: 'sync' } });
  await act('GET /aliveness-test/{vhost}', {}, { also: ['messages-published', 'messages-taken'] });
  await act(`DELETE ${pair}/{key}`, { ...ends, key: 'a' });
  await act('DELETE /exchanges/{vhost}/{exchange}');
  await act(`DELETE ${queue}`);
});

it('tells what is done to virtual hosts, users and rights', { timeout: 60_000 }, async () => {
  const [vhost, user] = [{ vhost: 'new' }, { user: 'bob' }];
  await act('PUT /vhosts/{vhost}', vhost, { body: {}, also: ['permissions-set'] });
  const limit = { ...vhost, name: 'max-queues' };
  await act('PUT /vhost-limits/{vhost}/{name}', limit, { body: { value: 5 } });
  await act('DELETE /vhost-limits/{vhost}/{name}', limit);
  await act('PUT /users/{user}', user, { body: { password: 'bob', tags: '' } });
  const rights = { configure: '', write: '', read: '' };
  await act('PUT /permissions/{vhost}/{user}', user, { body: rights });
  const topic = { exchange: 'amq.topic', write: '', read: '' };
  const ofTopics = '/topic-permissions/{vhost}/{user}';
  await act(`PUT ${ofTopics}`, user, { body: topic });
  await act(`DELETE ${ofTopics}/{exchange}`, { ...user, exchange: 'amq.topic' });
  await server.made('PUT', '/api/topic-permissions/%2F/bob', topic);
  await server.told();
  await act(`DELETE ${ofTopics}`, user);
  await act('DELETE /permissions/{vhost}/{user}', user);
  await act('PUT /user-limits/{user}/{name}', user, { body: { value: 1 }, isRefused: true });
  await act('DELETE /user-limits/{user}/{name}', user);
  await act('DELETE /users/{user}', user);
  await server.made('PUT', '/api/users/ann', { password: 'ann', tags: '' });
  await server.told();
  await act('POST /users/bulk-delete', {}, { body: { users: ['ann'] } });
  await act('DELETE /vhosts/{vhost}', vhost, { also: ['permissions-cleared'] });
});

it('tells what is done to policies, parameters and definitions', { timeout: 60_000 }, async () => {
  const policy = { pattern: '^none$', definition: { 'max-length': 1 } };
  for (const kind of ['policies', 'operator-policies']) {
    await act(`PUT /${kind}/{vhost}/{name}`, { name: 'short' }, { body: policy });
    await act(`DELETE /${kind}/{vhost}/{name}`, { name: 'short' });
  }
  const refused = { isRefused: true } as const;
  await act('PUT /parameters/{component}/{vhost}/{name}', {}, { body: { value: 1 }, ...refused });
  await act('DELETE /parameters/{component}/{vhost}/{name}', {}, refused);
  await act('PUT /cluster-name', {}, { body: { name: 'x' }, ...refused });
  await act('POST /rebalance/queues');
  await act('PUT /global-parameters/{name}', {}, { body: { value: 1 }, ...refused });
  await act('DELETE /global-parameters/{name}', {}, refused);
  for (const [index, name] of ['definitions', 'all-configuration', 'definitions/{vhost}'].entries()) {
    const queues = [{ name: `imported-${index}`, vhost: '/', durable: true, arguments: {} }];
    await act(`POST /${name}`, {}, { body: { queues } });
  }
});

/** Opens a connection, and gives the name that it is listed by. */
async function connected(): Promise<string> {
  const client = await connect(server.amqp);
  client.on('error', () => undefined);
  const listed = await server.ask('GET', '/api/connections');
  await server.told();
  return String((listed.json as unknown as readonly { name: string }[])[0]?.name);
}

it('tells of connections that are closed', { timeout: 60_000 }, async () => {
  await act('DELETE /connections/{name}', { name: await connected() });
  await connected();
  await act('DELETE /connections/username/{user}', { user: 'guest' });
});

it('has done each route that is no GET', () => {
  expect([...done].sort()).toEqual([...rabbitAuditTable.keys()].sort());
});
