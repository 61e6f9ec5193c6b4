/**
 * Every operation of the API asked for by users of every kind: who does not hold what the OpenAPI document says that
 * it needs is refused with the right in words, and nobody else is. An operation without a line in the document, or
 * without a request below where it needs one, fails.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationRights } from '../../src/http/api/need.js';
import { makeWorkplace, type Workplace } from '../cli/sluice.js';
import { holds, roles, type Role } from './rights-roles.js';

type Fields = Readonly<Record<string, unknown>>;

/** What parts of paths and queries are, unless an operation says otherwise. Nothing of it is there but the queue. */
const names: Fields = {
  ...{ vhost: '/', queue: 'the-queue', exchange: 'the-exchange', name: 'the-name', user: 'the-user' },
  ...{ position: 1, group: 'g', id: 'no-such', engine: 'embedded', remedy: 'purge-queue', route: 'none' },
  kind: 'queue',
};
const rule = { metric: 'sluice_messages_ready', above: 1, severity: 'info' };
const binding = { vhost: '/', source: 'the-exchange', destination: 'the-queue' };

/** The fields besides, of operations that need some. `{role}`: the user who asks. */
const requests: Readonly<Record<string, Fields>> = {
  'GET /v1/series': { series: 'sluice_messages_ready', queue: 'the-queue', vhost: '/', from: 1, to: 2 },
  'POST /v1/series': { series: [{ series: 'sluice_messages_ready', queue: 'the-queue', from: 1, to: 2 }] },
  'GET /v1/messages/trace': { messageId: 'no-such' },
  'GET /v1/permissions/check': { user: '{role}', vhost: '/', kind: 'queue', name: 'the-queue' },
  'DELETE /v1/sessions': { user: '{role}' },
  'PUT /v1/whoami/password': { oldPassword: '{role}', newPassword: '{role}' },
  'PUT /v1/users/{name}': { name: 'user-of-{role}', password: 'x' },
  'DELETE /v1/users/{name}': { name: 'no-such' },
  'PUT /v1/users/{name}/password': { password: 'x' },
  'PUT /v1/users/{name}/tags': { tags: [] },
  'PUT /v1/permissions/{vhost}/{user}': { configure: '', write: '', read: '' },
  'PUT /v1/topic-permissions/{vhost}/{user}': { exchange: 'the-exchange', write: '', read: '' },
  'PUT /v1/vhosts/{vhost}': { vhost: 'vhost-of-{role}' },
  'DELETE /v1/vhosts/{vhost}': { vhost: 'no-such' },
  'PUT /v1/policies/{vhost}/{name}': { pattern: '^none$', definition: { 'max-length': 1 } },
  'PUT /v1/operator-policies/{vhost}/{name}': { pattern: '^none$', definition: { 'max-length': 1 } },
  'PUT /v1/alert-rules/{name}': { rule },
  'POST /v1/alert-rules/test': { rule: { ...rule, name: 'tried' } },
  'POST /v1/alert-rules/backtest': { rule: { ...rule, name: 'tried' }, sinceMs: 3_600_000 },
  'POST /v1/incidents/{id}/comment': { text: 'x' },
  'POST /v1/silences': { match: { rule: 'none' }, forMs: 1_000, reason: 'x' },
  'POST /v1/remedies/{remedy}/apply': { token: 'x' },
  'POST /v1/remedies/{remedy}/ask': { token: 'x' },
  'PUT /v1/remedy-automation': { isOn: true },
  'POST /v1/definitions': { document: {} },
  'POST /v1/bindings': { ...binding, destinationKind: 'queue' },
  'POST /v1/bindings/delete': { ...binding, destinationKind: 'queue' },
  'POST /v1/queues/{vhost}/{queue}/messages': { text: 'x' },
  'POST /v1/queues/{vhost}/{queue}/move': { to: 'no-such' },
  'POST /v1/queues/{vhost}/{queue}/messages/{position}/dead-letter': { reason: 'x' },
  'POST /v1/exchanges/{vhost}/{exchange}/messages': { text: 'x', routingKey: 'x' },
  'POST /v1/engines/{engine}/queues/{vhost}/{queue}/messages': { text: 'x' },
  'POST /v1/engines/{engine}/queues/{vhost}/{queue}/move': { to: 'no-such' },
  'POST /v1/engines/{engine}/exchanges/{vhost}/{exchange}/messages': { text: 'x', routingKey: 'x' },
  'POST /v1/redrives': { vhost: '/', queue: 'the-queue' },
  'POST /v1/tasks/{queue}/tasks': { queue: 'the-queue', payload: {} },
  'POST /v1/analyze': { tasks: [{ name: 'a', cost: 1, period: 10 }] },
};

/** What asks who is asking: a session by its cookie, which the tests of sessions try, and a stream, which does not end. */
const apart = ['POST /v1/session', 'GET /v1/session', 'DELETE /v1/session', 'GET /v1/events'];

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly rights: OperationRights | undefined;
  readonly bodyField: string | undefined;
}

let place: Workplace;
let url = '';
let operations: readonly Operation[] = [];

async function send(method: string, path: string, user: string | undefined, body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
      ...(body === undefined ? { 'x-requested-with': 'test' } : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

async function made(method: string, path: string, body: unknown): Promise<void> {
  const { status, text } = await send(method, path, 'guest:guest', body);
  expect(status, `${method} ${path}: ${text}`).toBeLessThan(300);
}

interface Documented {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly 'x-sluice-needs'?: OperationRights;
}

function operationsIn(paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, documented]) => {
      const method = verb.toUpperCase();
      const name = `${method} ${path}`;
      const query = (documented.parameters ?? []).filter((each) => each.in === 'query');
      return {
        ...{
          name,
          method,
          path,
          rights: documented['x-sluice-needs'],
          query: query.map((each) => each.name),
        },
        bodyField: { 'PUT /v1/alert-rules/{name}': 'rule', 'POST /v1/definitions': 'document' }[name],
      };
    }),
  );
}

beforeAll(async () => {
  place = await makeWorkplace();
  const { ports } = await place.up(['--http', '0', '--data', place.data]).ready;
  url = `http://127.0.0.1:${String(ports.http)}`;
  await made('PUT', '/v1/queues/%2F/the-queue', {});
  for (const { name, tags, rights } of roles) {
    await made('PUT', `/v1/users/${name}`, { password: name, tags });
    if (rights !== undefined) await made('PUT', `/v1/permissions/%2F/${name}`, rights);
  }
  const { text } = await send('GET', '/v1/openapi.json', undefined);
  operations = operationsIn((JSON.parse(text) as { paths: Parameters<typeof operationsIn>[0] }).paths);
}, 60_000);

afterAll(() => place.close());

/** Fields of the request, with the name of who asks. */
function fieldsOf({ name }: Operation, role: string, engine = 'embedded'): Fields {
  const given: Fields = { ...names, ...requests[name], engine };
  return Object.fromEntries(
    Object.entries(given).map(([field, value]) => [
      field,
      typeof value === 'string' ? value.replaceAll('{role}', role) : value,
    ]),
  );
}

function ask(operation: Operation, user: string | undefined, fields: Fields) {
  const { method, path, query, name, bodyField } = operation;
  const inPath = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(fields[field])));
  const own = Object.keys(requests[name] ?? {});
  const search = new URLSearchParams(
    Object.fromEntries(
      own.filter((each) => query.includes(each)).map((each) => [each, String(fields[each])]),
    ),
  ).toString();
  const isChange = method === 'PUT' || method === 'POST';
  const bodyFields = own.filter((each) => !query.includes(each) && !path.includes(`{${each}}`));
  const body = Object.fromEntries(bodyFields.map((each) => [each, fields[each]]));
  return send(
    method,
    `${inPath}${search === '' ? '' : `?${search}`}`,
    user,
    isChange && bodyFields.length > 0 ? (bodyField === undefined ? body : body[bodyField]) : undefined,
  );
}

/** Refused with the right in words where a need does not hold; not refused, whatever else, where all do. */
async function expectDecision(operation: Operation, role: Role, engine?: string): Promise<void> {
  const { rights, name } = operation;
  const fields = fieldsOf(operation, role.name, engine);
  const needs = (engine === undefined ? undefined : rights?.elsewhere) ?? rights?.needs ?? [];
  const may = role.tags.length > 0 && needs.every((need) => holds(role, need, fields));
  const { status, text } = await ask(operation, `${role.name}:${role.name}`, fields);
  const told = `${role.name}: ${name} got ${String(status)} ${text.slice(0, 300)}`;
  if (may) {
    expect([401, 403, 500], told).not.toContain(status);
    return;
  }
  expect(status, told).toBe(403);
  expect(JSON.parse(text), told).toMatchObject({
    code: 'access-refused',
    detail: expect.stringMatching(
      /^((configure|write|read) access to|access to vhost|the right to (manage|monitor|administer|set-policy)).* refused/,
    ) as string,
  });
}

describe('every operation of the API', () => {
  it('says what it needs', () => {
    expect(operations.length).toBeGreaterThan(100);
    expect(operations.filter(({ rights }) => rights === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('is for nobody who is not signed in', async () => {
    // Signing in is, and says what is missing; a page that asks who is signed in hears that nobody is.
    const expected: Readonly<Record<string, number>> = { 'POST /v1/session': 400, 'GET /v1/session': 204 };
    for (const operation of operations) {
      const { status } = await ask(operation, undefined, fieldsOf(operation, 'nobody'));
      expect(status, operation.name).toBe(expected[operation.name] ?? 401);
    }
  }, 60_000);

  it('takes the request that it is tried with below', async () => {
    const wrong: string[] = [];
    for (const operation of operations) {
      if (apart.includes(operation.name)) continue;
      const { status, text } = await ask(operation, 'does-all:does-all', fieldsOf(operation, 'does-all'));
      if ([400, 405, 415, 500].includes(status)) wrong.push(`${operation.name}: ${text}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it.each(roles)(
    'refuses $name what it may not, and says why',
    async (role) => {
      for (const operation of operations) {
        if (apart.includes(operation.name)) continue;
        await expectDecision(operation, role);
        if (operation.rights?.elsewhere !== undefined) await expectDecision(operation, role, 'another');
      }
    },
    60_000,
  );
});
