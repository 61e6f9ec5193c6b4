/** `/v1/engines`: who may see and act, what is unknown, and what is written to the audit log. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native, none, capabilityNames, type Capabilities } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';
import type { EngineBeside, EngineExchange, EngineQueue, EngineQueueDetail } from '../operations/index.js';
import { addStatus } from './testing/http-engines.js';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

const capabilities: Capabilities = {
  ...(Object.fromEntries(capabilityNames.map((name) => [name, native])) as Capabilities),
  pause: none('it holds nothing back'),
};

const unknownQueue: EngineQueue = {
  ...{ vhost: '/', name: 'unknown', type: undefined, copies: [] },
  ...{ ready: undefined, unacknowledged: undefined, delayed: undefined, bytes: undefined },
  ...{ consumers: undefined, published: undefined, delivered: undefined, acknowledged: undefined },
  redelivered: undefined,
};

const queues: readonly EngineQueue[] = [
  { ...unknownQueue, name: 'few', ready: 1 },
  { ...unknownQueue, name: 'many', ready: 70, copies: [{ node: 'b', role: 'follower', inSync: false }] },
  unknownQueue,
];

const detail: EngineQueueDetail = {
  ...unknownQueue,
  ...{ durable: true, autoDelete: false, exclusive: undefined, arguments: {}, state: undefined },
  ...{ node: 'a', policy: undefined, operatorPolicy: undefined, effectivePolicy: {} },
  consumerList: [],
  bindings: [],
};

const exchange: EngineExchange = {
  ...{ vhost: '/', name: 'amq.topic', type: 'topic', durable: true, autoDelete: false, internal: false },
  ...{ arguments: {}, publishedIn: undefined, publishedOut: undefined, policy: undefined },
};

const effect = { policy: undefined, operatorPolicy: undefined, definition: {}, arguments: {} };

/** An engine that does as it is told, and remembers it. */
class Double implements EngineBeside {
  readonly name = 'other';
  readonly address = 'amqp://host:5672';
  readonly management = 'http://host:15672';
  readonly isProbed = false;
  readonly kind = 'rabbitmq';
  readonly capabilities = capabilities;
  readonly calls: unknown[] = [];
  problem: string | undefined;

  health() {
    const isUp = this.problem === undefined;
    const problem = this.problem === undefined ? undefined : { text: this.problem, atMs: 5 };
    return Promise.resolve({ isUp, sinceMs: 1, triedMs: 6, problem });
  }

  state() {
    if (this.problem !== undefined) throw new SluiceError('connection-failed', this.problem);
    return { version: '3.10.8', nodes: [], queues, hasMoreQueues: false };
  }

  show = (): Promise<EngineQueueDetail> => Promise.resolve(detail);
  peek = (): Promise<never[]> => this.#did('peek', []);
  publish = (): Promise<{ routed: boolean }> => this.#did('publish', { routed: true });
  look = () => this.#did('look', { messages: [], stoppedBy: undefined });
  exchanges = (): Promise<EngineExchange[]> => Promise.resolve([exchange]);
  exchange = (): Promise<EngineExchange> => Promise.resolve(exchange);
  bindings = (): Promise<never[]> => Promise.resolve([]);
  policies = (): Promise<never[]> => Promise.resolve([]);
  policyEffect = () => Promise.resolve(effect);
  purge = (): Promise<number> => this.#did('purge', 12);
  move = () => this.#did('move', { moved: 3, isDone: true });
  setPaused = (): Promise<never> => Promise.reject(new SluiceError('unsupported', 'it holds nothing back'));

  #did<Result>(what: string, result: Result): Promise<Result> {
    this.calls.push(what);
    return Promise.resolve(result);
  }
}

describe('the API of engines', () => {
  let fixture: HttpFixture;
  let double: Double;
  const queue = '/v1/engines/other/queues/%2F/few';

  beforeEach(async () => {
    fixture = await httpFixture();
    double = new Double();
    addStatus(fixture);
    Object.assign(fixture.server.services, { engines: { capabilities, beside: [double] } });
  });
  afterEach(() => fixture.close());

  it('shows engines and queues to whoever monitors, and to nobody else', async () => {
    await fixture.addUser('ann', ['monitoring']);
    await fixture.addUser('bob', ['management'], '.*');
    for (const path of ['/v1/engines', '/v1/engines/other', '/v1/engines/other/queues', queue]) {
      const seen = await fixture.ask('GET', path, { user: 'ann:ann' });
      expect(seen.status, seen.text).toBe(200);
      expect((await fixture.ask('GET', path, { user: 'bob:bob' })).status, path).toBe(403);
      expect((await fixture.ask('GET', path, { user: null })).status, path).toBe(401);
    }
  });

  it('lets administrators act on an engine beside, and nobody else', async () => {
    await fixture.addUser('ann', ['monitoring'], '.*');
    const acts = [
      ['GET', `${queue}/messages`],
      ['POST', `${queue}/messages`],
      ['POST', `${queue}/purge`],
      ['POST', `${queue}/move`, { to: 'many' }],
      ['POST', `${queue}/pause`],
      ['POST', `${queue}/resume`],
    ] as const;
    for (const [method, path, json] of acts)
      expect((await fixture.ask(method, path, { user: 'ann:ann', json })).status, path).toBe(403);
    expect(double.calls).toEqual([]);
    for (const [method, path, json] of acts) await fixture.ask(method, path, { json });
    expect(double.calls).toEqual(['peek', 'publish', 'purge', 'move']);
    expect((await fixture.ask('POST', `${queue}/pause`)).json).toMatchObject({
      code: 'unsupported',
      detail: 'it holds nothing back',
    });
  });

  it('asks for the rights over a queue of the own engine, whatever the tags', async () => {
    await fixture.ask('PUT', '/v1/queues/%2F/own', { json: {} });
    await fixture.addUser('ann', ['administrator'], 'other');
    const own = '/v1/engines/embedded/queues/%2F/own';
    expect((await fixture.ask('POST', `${own}/purge`, { user: 'ann:ann' })).status).toBe(403);
    expect((await fixture.ask('GET', `${own}/messages`, { user: 'ann:ann' })).status).toBe(403);
    expect((await fixture.ask('POST', `${own}/pause`, { user: 'ann:ann' })).status).toBe(403);
    await fixture.ask('POST', `${own}/messages`, { json: { text: 'body' } });
    expect((await fixture.ask('GET', `${own}/messages`)).json.items).toMatchObject([{ bodyBytes: 4 }]);
    expect((await fixture.ask('POST', `${own}/pause`)).json).toEqual({ changed: true });
    expect((await fixture.ask('GET', own)).json).toMatchObject({ engine: 'embedded', state: 'paused' });
    expect((await fixture.ask('POST', `${own}/move`, { json: { to: 'nowhere' } })).status).toBe(404);
    await fixture.ask('PUT', '/v1/queues/%2F/aside', { json: {} });
    const moved = await fixture.ask('POST', `${own}/move`, { json: { to: 'aside' } });
    expect(moved.json).toEqual({ moved: 1, isDone: true });
    expect((await fixture.ask('POST', `${own}/purge`)).json).toEqual({ messages: 0 });
    await fixture.ask('DELETE', '/v1/queues/%2F/aside');
    expect((await fixture.ask('GET', '/v1/engines/embedded/queues')).json.items).toMatchObject([
      { name: 'own', ready: 0, copies: 1 },
    ]);
  });

  it('sorts by figures, pages, and leaves out what is unknown', async () => {
    const first = (await fixture.ask('GET', '/v1/engines/other/queues?sort=-ready&limit=2')).json;
    expect(first.items.map(({ name, ready }) => [name, ready])).toEqual([
      ['many', 70],
      ['few', 1],
    ]);
    const rest = await fixture.ask(
      'GET',
      `/v1/engines/other/queues?sort=-ready&limit=2&after=${String(first['next'])}`,
    );
    expect(rest.json.items).toEqual([{ vhost: '/', name: 'unknown', copies: 1 }]);
    const { replicas } = (await fixture.ask('GET', '/v1/engines/other')).json;
    expect(replicas).toEqual([{ vhost: '/', queue: 'many', node: 'b', role: 'follower', inSync: false }]);
  });

  it('shows an engine that does not answer as such, and its figures as unknown', async () => {
    double.problem = 'no route to it';
    const row = (await fixture.ask('GET', '/v1/engines/other')).json;
    expect(row).toMatchObject({ isUp: false, sinceMs: 1, problem: { text: 'no route to it' } });
    for (const name of ['queues', 'ready', 'nodes', 'version', 'alarms', 'availability'])
      expect(row).not.toHaveProperty(name);
    const list = await fixture.ask('GET', '/v1/engines/other/queues');
    expect(list.status).toBe(502);
    expect(list.json).toMatchObject({ code: 'connection-failed', retryable: true });
    expect((await fixture.ask('GET', '/v1/engines/none')).status).toBe(404);
  });
});
