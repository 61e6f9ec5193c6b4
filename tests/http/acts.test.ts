/**
 * Each operation of `/v1` that is no GET, done on a real server, leaves one record with its event: who, from where,
 * and what became of it. A new operation that is not done here fails.
 */
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadLetterQueueOf } from '../../src/engines/index.js';
import { auditTable } from '../../src/http/api/audit-table.js';
import { rightsTable } from '../../src/http/api/rights-table.js';
import { basic } from '../../src/http/testing/http-fixture.js';
import { ActServer } from './act-server.js';

let server: ActServer;
const done = new Set<string>();
/** Done here by hand, by a cookie and not by a password. */
const apart = ['POST /v1/session', 'DELETE /v1/session'];

beforeAll(async () => {
  server = await ActServer.start();
  const everything = { configure: '.*', write: '.*', read: '.*' };
  await server.made('PUT', '/v1/users/ann', { password: 'ann', tags: ['administrator'] });
  await server.made('PUT', '/v1/permissions/%2F/ann', everything);
  await server.told();
}, 60_000);

afterAll(() => server.close());

type Fields = Readonly<Record<string, string | number>>;

interface Act {
  /** `guest` unless given; the password is the name. */
  readonly as?: string;
  readonly body?: unknown;
  readonly query?: string;
  /** Events besides that it leaves. */
  readonly also?: readonly string[];
  /** It fails, and that is told. */
  readonly fails?: true;
}

/** Does an operation, and expects its record and no other. */
async function act(name: string, fields: Fields = {}, given: Act = {}): Promise<Record<string, unknown>> {
  const { as = 'guest', body, query = '', also = [], fails } = given;
  const [method = '', path = ''] = name.split(' ');
  const names: Fields = { vhost: '/', queue: 'work', exchange: 'events', engine: 'embedded', ...fields };
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(names[field])));
  const answer = await server.ask(method, filled + query, {
    user: `${as}:${as}`,
    ...(body === undefined ? {} : { json: body }),
  });
  expect(answer.status < 300, `${name}: ${answer.status} ${answer.text}`).toBe(fails === undefined);
  const news = await server.told();
  const leaves = auditTable.get(name);
  const own = leaves !== undefined && 'event' in leaves ? leaves.event : undefined;
  const told = news.filter(({ event }) => !also.includes(event));
  const record = {
    ...{ event: own, actor: as, source: 'HTTP from 127.0.0.1' },
    outcome: fails === undefined ? 'success' : 'failure',
  };
  expect(told, `${name}: ${JSON.stringify(news)}`).toMatchObject(own === undefined ? [] : [record]);
  for (const { subject } of told) expect(subject, name).not.toBe('');
  done.add(name);
  return answer.json;
}

const queue = '/v1/queues/{vhost}/{queue}';
const message = `${queue}/messages/{position}`;

async function publish(count: number, to = 'work', more: object = {}): Promise<void> {
  for (let n = 0; n < count; n++)
    await server.made('POST', `/v1/queues/%2F/${to}/messages`, { text: 'x', ...more });
  await server.told();
}

it('tells what is done to queues and messages', { timeout: 60_000 }, async () => {
  await act(`PUT ${queue}`, {}, { body: {} });
  await act(`PUT ${queue}`, { queue: 'other' }, { body: {} });
  await act(`POST ${queue}/messages`, {}, { body: { text: 'x' } });
  await act(`POST ${queue}/pause`);
  await act(`POST ${queue}/resume`);
  await publish(6);
  await act(`DELETE ${message}`, { position: 1 });
  await act(`POST ${message}/dead-letter`, { position: 2 }, { body: { to: 'other', reason: 'x' } });
  await act(`POST ${queue}/move`, {}, { body: { to: 'other', count: 1 } });
  await publish(2, 'work', { properties: { headers: { 'x-delay': 3_600_000 } } });
  const { items } = await server.made('GET', '/v1/queues/%2F/work/delayed');
  const [first, second] = items.map(({ position }) => Number(position));
  await act(`POST ${message}/release`, { position: first! });
  await act(`DELETE ${queue}/delayed/{position}`, { position: second! });
  await act(`POST ${queue}/purge`);
  const ended = { also: ['redrive-ended'] };
  await publish(3);
  const body = { vhost: '/', queue: 'work', to: 'other', ratePerSecond: 0.01 };
  const { id } = await act('POST /v1/redrives', {}, { body, ...ended });
  await act('POST /v1/redrives/{id}/cancel', { id: String(id) }, ended);
  const name = '/v1/engines/{engine}/queues/{vhost}/{queue}';
  await act(`POST ${name}/messages`, {}, { body: { text: 'x' } });
  await act(`POST ${name}/move`, {}, { body: { to: 'other', count: 1 } });
  await act(`POST ${name}/purge`);
  await act(`POST ${name}/pause`);
  await act(`POST ${name}/resume`);
});

it('tells what is done to tasks', { timeout: 60_000 }, async () => {
  const one = '/v1/tasks/{queue}/tasks/{id}';
  await server.made('PUT', '/v1/queues/%2F/jobs', { arguments: { 'x-message-index': true } });
  await server.told();
  const at = { queue: 'jobs' };
  const { id } = await act('POST /v1/tasks/{queue}/tasks', at, { body: { task: 'job', payload: 1 } });
  const named = { ...at, id: String(id) };
  await act(`POST ${one}/cancel`, named, { body: { reason: 'no need' } });
  const late = await server.made('POST', '/v1/tasks/jobs/tasks', { task: 'job', payload: 1, delay: '1h' });
  await server.told();
  await act(`POST ${one}/retry`, { ...at, id: String(late['id']) });
  // What there is not is told as an act that failed, though it is no error to ask for it.
  await server.made('POST', '/v1/tasks/jobs/tasks/none/cancel', {});
  expect(await server.told()).toMatchObject([
    { event: 'task-cancelled', subject: "task 'none' in queue 'jobs'", outcome: 'failure' },
  ]);
  await server.made('PUT', `/v1/queues/%2F/${encodeURIComponent(deadLetterQueueOf('jobs'))}`, {});
  await server.told();
  await act('POST /v1/tasks/{queue}/redrive', at, { body: {}, also: ['redrive-ended'] });
  await act('POST /v1/analyze', {}, { body: { tasks: [{ name: 'a', cost: 1, period: 10 }] } });
});

it('tells what is done to the topology', { timeout: 60_000 }, async () => {
  await act('PUT /v1/exchanges/{vhost}/{exchange}', {}, { body: { type: 'topic' } });
  const body = {
    vhost: '/',
    source: 'events',
    destination: 'work',
    destinationKind: 'queue',
    routingKey: 'a',
  };
  await act('POST /v1/bindings', {}, { body });
  await act('POST /v1/exchanges/{vhost}/{exchange}/messages', {}, { body: { text: 'x', routingKey: 'a' } });
  const there = 'POST /v1/engines/{engine}/exchanges/{vhost}/{exchange}/messages';
  await act(there, {}, { body: { text: 'x', routingKey: 'a' } });
  await act('POST /v1/bindings/delete', {}, { body });
  const policy = { pattern: '^none$', definition: { 'max-length': 1 } };
  for (const kind of ['policies', 'operator-policies']) {
    const path = `/v1/${kind}/{vhost}/{name}`;
    await act(`PUT ${path}`, { name: 'short' }, { body: policy });
    await act(`DELETE ${path}`, { name: 'short' });
  }
  await act('PUT /v1/exchanges/{vhost}/{exchange}', {}, { body: { type: 'fanout' }, fails: true });
  await act('DELETE /v1/exchanges/{vhost}/{exchange}');
  await act('PUT /v1/vhosts/{vhost}', { vhost: 'new' });
  await act('PUT /v1/vhosts/{vhost}/settings', { vhost: 'new' }, { body: { description: 'x' } });
  await act('DELETE /v1/vhosts/{vhost}', { vhost: 'new' }, { also: ['permissions-cleared'] });
});

it('tells what is done to users, sessions and connections', { timeout: 60_000 }, async () => {
  const [user, name] = [{ user: 'bob' }, { name: 'bob' }];
  await act('PUT /v1/users/{name}', name, { body: { password: 'bob', tags: ['management'] } });
  await act('PUT /v1/users/{name}/password', name, { body: { password: 'bob' } });
  await act('PUT /v1/users/{name}/tags', name, { body: { tags: ['monitoring'] } });
  const own = { oldPassword: 'bob', newPassword: 'bob' };
  await act('PUT /v1/whoami/password', {}, { as: 'bob', body: own });
  const rights = { configure: '', write: '', read: '' };
  await act('PUT /v1/permissions/{vhost}/{user}', user, { body: rights });
  const topic = { exchange: 'amq.topic', write: '', read: '' };
  await act('PUT /v1/topic-permissions/{vhost}/{user}', user, { body: topic });
  await act('DELETE /v1/topic-permissions/{vhost}/{user}', user);
  await act('DELETE /v1/permissions/{vhost}/{user}', user);
  const credentials = { user: 'ann', password: 'ann' };
  const open = (): Promise<unknown> => server.made('POST', '/v1/session', credentials);
  await open();
  const { items } = await server.made('GET', '/v1/sessions');
  await server.told();
  await act('DELETE /v1/sessions/{id}', { id: String(items[0]?.['id']) });
  await open();
  await act('DELETE /v1/sessions', {}, { query: '?user=ann' });
  await act('DELETE /v1/users/{name}', name);
  const client = await connect(server.amqp);
  const gone = new Promise((resolve) => client.once('close', resolve));
  client.on('error', () => undefined);
  await server.told();
  const connections = await server.made('GET', '/v1/connections');
  await act('DELETE /v1/connections/{id}', { id: String(connections.items[0]?.['id']) });
  await gone;
});

it('tells signing in and out of a browser', { timeout: 60_000 }, async () => {
  const credentials = { user: 'ann', password: 'ann' };
  const opened = await server.ask('POST', '/v1/session', { user: null, json: credentials });
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  const { items } = await server.made('GET', '/v1/audit?event=sign-in&user=ann&limit=1');
  expect(items).toMatchObject([{ subject: 'session', outcome: 'success' }]);
  await server.told();
  const headers = { cookie, 'x-csrf-token': String(opened.json['csrfToken']) };
  expect((await server.ask('DELETE', '/v1/session', { user: null, headers })).status).toBe(204);
  expect(await server.told()).toMatchObject([{ event: 'sign-out', actor: 'ann', outcome: 'success' }]);
  for (const name of apart) done.add(name);
});

it('tells what is done about alerts, and remedies', { timeout: 60_000 }, async () => {
  const rule = { metric: 'sluice_messages_ready', above: 1_000_000, severity: 'info' };
  await act('PUT /v1/alert-rules/{name}', { name: 'many' }, { body: rule });
  await act('POST /v1/alert-rules/test', {}, { body: { rule: { ...rule, name: 'tried' } } });
  const replay = { rule: { ...rule, name: 'tried' }, sinceMs: 3_600_000 };
  await act('POST /v1/alert-rules/backtest', {}, { body: replay });
  await act('DELETE /v1/alert-rules/{name}', { name: 'many' });
  const match = { match: { queue: 'a' }, forMs: 60_000, reason: 'x' };
  const { id: silence } = await act('POST /v1/silences', {}, { body: match });
  await act('DELETE /v1/silences/{id}', { id: String(silence) });
  const none = { id: 'none' };
  await act('POST /v1/incidents/{id}/acknowledge', none, { body: {}, fails: true });
  await act('POST /v1/incidents/{id}/comment', none, { body: { text: 'x' }, fails: true });
  await act('POST /v1/alerts/routes/{route}/test', { route: 'none' }, { fails: true });
  await act('PUT /v1/remedy-automation', {}, { body: { isOn: false } });
  const remedy = { remedy: 'pause-queue' };
  const parameters = { queue: 'work' };
  const preview = async (): Promise<object> => {
    const told = await act('POST /v1/remedies/{remedy}/preview', remedy, { body: { parameters } });
    return { parameters: told['parameters'], token: told['token'] };
  };
  const asked = async (): Promise<{ id: string }> => {
    const body = await preview();
    return { id: String((await act('POST /v1/remedies/{remedy}/ask', remedy, { body, as: 'ann' }))['id']) };
  };
  await act('POST /v1/remedy-runs/{id}/reject', await asked());
  const run = await asked();
  await act('POST /v1/remedy-runs/{id}/approve', run, { also: ['remedy-applied'] });
  await act('POST /v1/remedy-runs/{id}/undo', run);
  await act('POST /v1/remedies/{remedy}/apply', remedy, { body: await preview() });
});

it('tells what is done to the server', { timeout: 60_000 }, async () => {
  const document = { queues: [{ name: 'imported', vhost: '/', durable: true, arguments: {} }] };
  await act('POST /v1/definitions', {}, { body: document });
  await act('POST /v1/journal/compact');
  await act('POST /v1/audit/verify');
  const series = [{ series: 'sluice_messages_ready', queue: 'work', from: 1, to: 2 }];
  await act('POST /v1/series', {}, { body: { series } });
  await act(`DELETE ${queue}`);
});

it('has done each operation that is no GET', () => {
  expect([...done].sort()).toEqual([...auditTable.keys()].sort());
});

it('tells nothing of who only reads', { timeout: 60_000 }, async () => {
  await server.told();
  const reading = [...rightsTable.keys()].filter(
    (name) => name.startsWith('GET ') && !name.endsWith('events'),
  );
  const names: Fields = { vhost: '/', queue: 'other', position: 1, engine: 'embedded', kind: 'queue' };
  for (const name of reading) {
    const path = name.slice(4).replace(/\{(\w+)\}/g, (_, field: string) => {
      return encodeURIComponent(String(names[field] ?? 'none'));
    });
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: basic('guest:guest') } });
    await answer.arrayBuffer();
  }
  expect(await server.told()).toEqual([]);
});
