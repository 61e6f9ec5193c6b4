/** Hostile and clumsy requests to the management API, and callers with fewer rights. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rabbitFixture, type RabbitFixture } from './testing/rabbit-fixture.js';

let rabbit: RabbitFixture;

beforeAll(async () => {
  rabbit = await rabbitFixture();
  await rabbit.addUser('plain', ['management'], '^own');
  await rabbit.addUser('maker', ['policymaker'], '.*');
  await rabbit.addUser('watcher', ['monitoring']);
  await rabbit.addUser('untagged', [], '.*');
  await rabbit.api('PUT', '/vhosts/secret');
  await rabbit.api('PUT', '/queues/secret/hidden', { json: { durable: true } });
  await rabbit.api('PUT', '/queues/%2F/other', { json: { durable: true } });
});

afterAll(() => rabbit.close());

async function statusFor(user: string, method: string, path: string, json?: unknown): Promise<number> {
  const body = json === undefined ? {} : { json };
  return (await rabbit.api(method, path, { user: `${user}:${user}`, ...body })).status;
}

describe('rights', () => {
  it.each([
    ['untagged', 'GET', '/overview'],
    ['plain', 'GET', '/nodes'],
    ['plain', 'GET', '/users'],
    ['plain', 'GET', '/permissions'],
    ['plain', 'GET', '/definitions'],
    ['plain', 'GET', '/definitions/%2F'],
    ['plain', 'GET', '/parameters'],
    ['plain', 'GET', '/feature-flags'],
    ['plain', 'GET', '/vhosts/%2F'],
    ['plain', 'GET', '/queues/secret'],
    ['plain', 'GET', '/queues/secret/hidden'],
    ['plain', 'GET', '/queues/nowhere/hidden'],
    ['plain', 'GET', '/bindings/secret'],
    ['plain', 'GET', '/policies/secret'],
    ['plain', 'GET', '/vhosts/secret/connections'],
    ['plain', 'DELETE', '/queues/%2F/other'],
    ['plain', 'DELETE', '/queues/%2F/other/contents'],
    ['plain', 'GET', '/aliveness-test/%2F'],
    ['watcher', 'GET', '/users'],
    ['watcher', 'DELETE', '/queues/%2F/other'],
    ['watcher', 'DELETE', '/vhosts/secret'],
    ['maker', 'DELETE', '/operator-policies/%2F/p'],
    ['maker', 'DELETE', '/policies/secret/p'],
    ['plain', 'DELETE', '/policies/%2F/p'],
  ])('%s may not %s %s', async (user, method, path) => {
    expect(await statusFor(user, method, path)).toBe(401);
  });

  it.each([
    ['PUT', '/queues/%2F/other', {}],
    ['PUT', '/queues/%2F/own', { arguments: { 'x-dead-letter-exchange': 'other' } }],
    ['PUT', '/exchanges/%2F/other', {}],
    ['PUT', '/exchanges/%2F/own', { arguments: { 'alternate-exchange': 'other' } }],
    [
      'POST',
      '/exchanges/%2F/other/publish',
      { properties: {}, routing_key: '', payload: '', payload_encoding: 'string' },
    ],
    ['POST', '/queues/%2F/other/get', { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' }],
    ['POST', '/bindings/%2F/e/amq.direct/q/other', { routing_key: 'k' }],
    ['PUT', '/users/plain', { password: 'x', tags: 'administrator' }],
    ['PUT', '/vhosts/more', {}],
    ['PUT', '/permissions/secret/plain', { configure: '.*', write: '.*', read: '.*' }],
    ['PUT', '/policies/%2F/p', { pattern: '', definition: {} }],
    ['PUT', '/operator-policies/%2F/p', { pattern: '', definition: {} }],
    ['POST', '/definitions', {}],
    ['POST', '/users/bulk-delete', { users: ['guest'] }],
  ])('a plain user may not %s %s', async (method, path, json) => {
    expect(await statusFor('plain', method, path, json)).toBe(401);
  });

  it('lists show what the caller may see, and no more', async () => {
    const names = async (user: string): Promise<string[]> =>
      ((await rabbit.read('/queues', { user: `${user}:${user}` })) as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await names('plain')).toEqual(['other']);
    expect(await names('watcher')).toEqual(['other', 'hidden']);
    expect(await rabbit.read('/connections', { user: 'plain:plain' })).toEqual([]);
    expect(await rabbit.read('/connections', { user: 'watcher:watcher' })).toHaveLength(1);
    const { object_totals } = (await rabbit.read('/overview', { user: 'plain:plain' })) as {
      object_totals: object;
    };
    expect(object_totals).toMatchObject({ queues: 1, connections: 0 });
    expect(await rabbit.read('/vhosts', { user: 'plain:plain' })).toMatchObject([{ name: '/' }]);
  });

  it('another user may not close a connection, nor learn that it is there', async () => {
    expect(await statusFor('plain', 'DELETE', '/connections/c1')).toBe(404);
    expect(await statusFor('watcher', 'DELETE', '/connections/c1')).toBe(401);
  });
});

describe('hostile requests', () => {
  it.each([
    ['PUT', '/queues/%2F/q', 'nonsense'],
    ['PUT', '/queues/%2F/q', '[1]'],
    ['PUT', '/queues/%2F/q', '"text"'],
    ['PUT', '/queues/%2F/q', '{"__proto__":{"durable":true}}'],
    ['PUT', '/queues/%2F/q', '{"arguments":7}'],
    ['PUT', '/queues/%2F/q', '{"arguments":{"x-max-length":{"a":1}}}'],
    ['PUT', '/users/u', '{"tags":[{}],"password":"x"}'],
    ['PUT', '/users/u', '{"tags":["emperor"],"password":"x"}'],
    ['POST', '/queues/%2F/other/get', '{"count":"many","ackmode":"ack_requeue_true","encoding":"auto"}'],
    ['POST', '/queues/%2F/other/get', '{"count":1,"ackmode":"constructor","encoding":"auto"}'],
    ['POST', '/users/bulk-delete', '{"users":"guest"}'],
    ['POST', '/definitions', '{"queues":7}'],
  ])('%s %s %s is refused as a bad request', async (method, path, text) => {
    const response = await fetch(`${rabbit.url}/api${path}`, {
      method,
      headers: { authorization: `Basic ${btoa('guest:guest')}`, 'content-type': 'application/json' },
      body: text,
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'bad_request', reason: expect.any(String) as string },
    ]);
  });

  it.each(['page=1&page_size=1000000', 'page=-1', 'page=1e9', 'page=1&page_size=0', 'page=2', 'page=%00'])(
    'a list is not cut to %s',
    async (query) => {
      expect((await rabbit.api('GET', `/queues?${query}`)).status).toBe(400);
    },
  );

  it('a pattern that is refused, long or slow costs no more than a name', async () => {
    const filtered = (name: string) =>
      rabbit.api('GET', `/queues?page=1&use_regex=true&name=${encodeURIComponent(name)}`);
    for (const name of ['(', 'x'.repeat(2_000)]) expect((await filtered(name)).status).toBe(400);
    await rabbit.api('PUT', `/queues/%2F/${'a'.repeat(200)}`, { json: {} });
    expect((await filtered('(a+)+b')).json).toMatchObject({ filtered_count: 0 });
  });

  it('names with slashes, percent signs and other scripts come back as they went', async () => {
    for (const name of ['a/b', '100%', '队列', '__proto__', 'a b+c', '..']) {
      const path = `/queues/%2F/${encodeURIComponent(name)}`;
      if (name === '..') continue;
      expect([name, (await rabbit.api('PUT', path, { json: { durable: true } })).status]).toEqual([
        name,
        201,
      ]);
      expect(await rabbit.read(path)).toMatchObject({ name });
      expect((await rabbit.api('DELETE', path)).status).toBe(204);
    }
    expect((await rabbit.api('GET', '/queues/%2F/%zz')).status).toBe(400);
    expect((await rabbit.api('PUT', `/queues/%2F/${'n'.repeat(256)}`, { json: {} })).status).toBe(400);
  });

  it('columns reach no further than the item', async () => {
    const columns = '__proto__,constructor.name,name,arguments.__proto__.x';
    const [first] = (await rabbit.read(`/queues/%2F?columns=${columns}`)) as object[];
    expect(Object.keys(first!)).toEqual(['name', 'arguments']);
  });

  it('a page of another site changes nothing', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    expect((await rabbit.api('DELETE', '/queues/%2F/other', { headers })).status).toBe(403);
  });

  it('a body that is too large is refused', async () => {
    const json = { arguments: { x: 'y'.repeat(100_000) } };
    expect((await rabbit.api('PUT', '/queues/%2F/q', { json })).status).toBe(413);
  });

  it('nothing of this was told as a bug', () => {
    expect(rabbit.failures).toEqual([]);
  });
});
