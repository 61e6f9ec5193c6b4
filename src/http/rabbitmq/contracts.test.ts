/**
 * The calls that tools make of RabbitMQ's management API, as their sources make them: KEDA's RabbitMQ scaler
 * (github.com/kedacore/keda/v2 v2.21.0, pkg/scalers/rabbitmq_scaler.go: `getQueueInfoViaHTTP`, `getJSON`,
 * `getComposedQueue` and `getVhostAndPathFromURL`, read from that release) and Terraform's provider (cyrilgdn/terraform-provider-rabbitmq, rabbitmq/resource_binding.go and
 * resource_policy.go at 3a9f067, resource_queue.go at 654dd05, resource_vhost.go at 2b57d70) over michaelklishin/rabbit-hole
 * (client.go at 1e8fa75, queues.go at 0a80c56).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rabbitFixture, type RabbitFixture } from './testing/rabbit-fixture.js';

let rabbit: RabbitFixture;

beforeAll(async () => {
  rabbit = await rabbitFixture();
});

afterAll(() => rabbit.close());

/** The status of a request, as tools look at it: above 399 it has failed. */
async function did(method: string, path: string, json?: unknown): Promise<number> {
  const answer = await rabbit.api(method, path, {
    ...(json === undefined ? {} : { json }),
    headers: { 'content-type': 'application/json' },
  });
  if (answer.status >= 400)
    expect(answer.json).toEqual({ error: expect.anything() as never, reason: expect.anything() as never });
  return answer.status;
}

async function publish(queue: string, count: number): Promise<void> {
  const json = { properties: {}, routing_key: queue, payload: 'x', payload_encoding: 'string' };
  for (let sent = 0; sent < count; sent++) await did('POST', '/exchanges/%2F/amq.default/publish', json);
}

describe("KEDA's scaler", () => {
  it('reads the length of one queue, by name', async () => {
    await did('PUT', '/queues/%2F/my-queue', { durable: true });
    await publish('my-queue', 3);
    expect(await rabbit.read('/queues/%2F/my-queue')).toMatchObject({
      ...{ name: 'my-queue', messages: 3, messages_ready: 3, messages_unacknowledged: 0 },
      message_stats: { publish: 3, deliver_get: 0 },
    });
  });

  it('reads queues by a pattern, in one page with its count', async () => {
    for (const queue of ['evaluate-trial-1', 'evaluate-trial-2', 'other']) {
      await did('PUT', `/queues/%2F/${queue}`, { durable: true });
      await publish(queue, 2);
    }
    const query = `page=1&use_regex=true&pagination=false&name=${encodeURIComponent('^evaluate.*')}&page_size=100`;
    const page = (await rabbit.read(`/queues/%2F?${query}`)) as { items: { messages: number }[] };
    expect(page).toMatchObject({ page_count: 1, item_count: 2, filtered_count: 2 });
    expect(page.items.map(({ messages }) => messages)).toEqual([2, 2]);
  });

  it('counts ready messages alone where it leaves out those with a consumer', async () => {
    await did('PUT', '/queues/%2F/held', { durable: true });
    await publish('held', 2);
    const { broker } = rabbit.server.services;
    const connection = broker.connect({ name: 'holder', user: 'guest', vhost: '/' });
    const channel = connection.openChannel({
      deliver: () => undefined,
      consumerCancelled: () => undefined,
      channelFailed: () => undefined,
    });
    await new Promise((resolve) => {
      channel.get('held', false, resolve);
    });
    expect(await rabbit.read('/queues/%2F/held')).toMatchObject({ messages: 2, messages_ready: 1 });
    connection.close();
  });

  it('reads queues of another virtual host, which its address or its settings name', async () => {
    await did('PUT', '/vhosts/team a');
    await did('PUT', '/queues/team%20a/jobs', { durable: true });
    // It writes the virtual host of its address as that stands there, and its setting as in a query.
    expect(await did('GET', '/queues/team%20a/jobs')).toBe(200);
    expect(await did('GET', '/queues/team+a/jobs')).toBe(404);
    expect(await did('DELETE', '/vhosts/team%20a')).toBe(204);
  });

  it('is told of more pages than one, and gives up by itself', async () => {
    for (const name of ['many-1', 'many-2', 'many-3']) await did('PUT', `/queues/%2F/${name}`, {});
    const query = 'page=1&use_regex=true&pagination=false&name=%5Emany&page_size=2';
    expect(await rabbit.read(`/queues/%2F?${query}`)).toMatchObject({ page_count: 2, filtered_count: 3 });
  });

  it('finds no queue that is not there, and is told so', async () => {
    expect(await did('GET', '/queues/%2F/none')).toBe(404);
    const query = 'page=1&use_regex=true&pagination=false&name=%5Enone%24&page_size=100';
    expect(await rabbit.read(`/queues/%2F?${query}`)).toMatchObject({ items: [], item_count: 0 });
  });
});

describe("Terraform's provider", () => {
  it('makes, reads, changes and destroys a virtual host with its limits', async () => {
    const settings = { description: 'd', tags: [], default_queue_type: '', tracing: false };
    expect(await did('PUT', '/vhosts/test', settings)).toBe(201);
    expect(await rabbit.read('/vhosts/test')).toMatchObject({
      name: 'test',
      description: 'd',
      tracing: false,
    });
    expect(await rabbit.read('/vhost-limits/test')).toEqual([]);
    expect(await did('PUT', '/vhost-limits/test/max-queues', { value: 1 })).toBe(204);
    expect(await did('PUT', '/vhost-limits/test/max-connections', { value: 5 })).toBe(204);
    const limited = [{ vhost: 'test', value: { 'max-queues': 1, 'max-connections': 5 } }];
    expect(await rabbit.read('/vhost-limits/test')).toEqual(limited);
    expect(await did('PUT', '/queues/test/first', { durable: true })).toBe(201);
    expect(await did('PUT', '/queues/test/second', { durable: true })).toBe(400);
    const changed = { ...settings, description: 'e', tags: ['x', 'y'], default_queue_type: 'classic' };
    expect(await did('PUT', '/vhosts/test', changed)).toBe(204);
    expect(await rabbit.read('/vhosts/test?columns=metadata')).toEqual({
      metadata: { description: 'e', tags: ['x', 'y'] },
    });
    for (const limit of ['max-connections', 'max-queues']) {
      expect(await did('DELETE', `/vhost-limits/test/${limit}`)).toBe(204);
    }
    expect(await rabbit.read('/vhost-limits')).toEqual([]);
    expect(await did('PUT', '/queues/test/second', { durable: true })).toBe(201);
    expect(await did('DELETE', '/vhosts/test')).toBe(204);
    expect(await did('DELETE', '/vhosts/test')).toBe(404);
  });

  it('makes, reads, changes and destroys a user and its permissions', async () => {
    expect(
      await did('PUT', '/users/mctest', { name: 'mctest', tags: 'management', password: 'foobar' }),
    ).toBe(201);
    expect(await rabbit.read('/users/mctest')).toMatchObject({ name: 'mctest', tags: ['management'] });
    const administrator = { name: 'mctest', tags: ['administrator', 'management'], password: 'barfoo' };
    expect(await did('PUT', '/users/mctest', administrator)).toBe(204);
    expect(await rabbit.read('/users/')).toHaveLength(2);
    const rights = { configure: '.*', write: '.*', read: '' };
    expect(await did('PUT', '/permissions/%2F/mctest', rights)).toBe(201);
    expect(await rabbit.read('/permissions/%2F/mctest')).toEqual({ user: 'mctest', vhost: '/', ...rights });
    const topic = { exchange: 'amq.topic', write: '.*', read: '.*' };
    expect(await did('PUT', '/topic-permissions/%2F/mctest', topic)).toBe(201);
    expect(await rabbit.read('/topic-permissions/%2F/mctest')).toEqual([
      { user: 'mctest', vhost: '/', ...topic },
    ]);
    expect(await did('DELETE', '/topic-permissions/%2F/mctest')).toBe(204);
    expect(await did('DELETE', '/permissions/%2F/mctest')).toBe(204);
    expect(await did('DELETE', '/users/mctest')).toBe(204);
    expect(await did('GET', '/users/mctest')).toBe(404);
  });

  it('makes and reads exchanges and queues with the settings they were given', async () => {
    const exchange = {
      type: 'fanout',
      durable: false,
      auto_delete: true,
      arguments: { 'alternate-exchange': 'x' },
    };
    expect(await did('PUT', '/exchanges/%2F/test', exchange)).toBe(201);
    expect(await rabbit.read('/exchanges/%2F/test')).toMatchObject(exchange);
    const queue = { durable: false, auto_delete: true, arguments: { 'x-message-ttl': 5_000 } };
    expect(await did('PUT', '/queues/%2F/test', queue)).toBe(201);
    expect(await rabbit.read('/queues/%2F/test')).toMatchObject(queue);
    expect(await did('DELETE', '/queues/%2F/test')).toBe(204);
    expect(await did('DELETE', '/exchanges/%2F/test')).toBe(204);
  });

  it.each([
    ['a.b', {}],
    ['#', {}],
    ['', {}],
    ['a/b%', {}],
    ['k', { match: 'all', size: 1, nested: { deep: [true] } }],
  ])(
    'names the binding with key %j and arguments %j by its Location, and finds it again',
    async (routing_key, table) => {
      await did('PUT', '/exchanges/%2F/ex', { type: 'topic', durable: true });
      await did('PUT', '/queues/%2F/q', { durable: true });
      const binding = { routing_key, arguments: table };
      const made = await rabbit.api('POST', '/bindings/%2F/e/ex/q/q', { json: binding });
      expect(made.status).toBe(201);
      const key = decodeURIComponent(made.headers.get('location')!.split('/').at(-1)!);
      expect(await rabbit.read('/bindings/%2F/e/ex/q/q')).toEqual([
        expect.objectContaining({ source: 'ex', destination: 'q', ...binding, properties_key: key }),
      ]);
      expect(await did('DELETE', `/bindings/%2F/e/ex/q/q/${encodeURIComponent(key)}`)).toBe(204);
      expect(await rabbit.read('/bindings/%2F/e/ex/q/q')).toEqual([]);
    },
  );

  it.each(['policies', 'operator-policies'])('makes, reads, changes and destroys %s', async (kind) => {
    const policy = {
      ...{ vhost: '/', name: 'test', pattern: '.*', priority: 0, 'apply-to': 'queues' },
      definition: { 'max-length': 10_000 },
    };
    expect(await did('PUT', `/${kind}/%2F/test`, policy)).toBe(201);
    expect(await rabbit.read(`/${kind}/%2F/test`)).toEqual(policy);
    expect(await did('PUT', `/${kind}/%2F/test`, { ...policy, priority: 3 })).toBe(204);
    expect(await did('DELETE', `/${kind}/%2F/test`)).toBe(204);
    expect(await did('DELETE', `/${kind}/%2F/test`)).toBe(404);
  });

  it('is told that shovels and federation are not there', async () => {
    expect(await did('PUT', '/parameters/shovel/%2F/test', { value: {} })).toBe(400);
    expect(await did('GET', '/parameters/federation-upstream/%2F/test')).toBe(404);
  });
});
