/** Lists of queues by their figures, forecasts, and where a routing key leads. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;
const root = { vhost: '/', durable: true, autoDelete: false };

async function publish(routingKey: string, exchange = ''): Promise<void> {
  await fixture.server.call('publish', { vhost: '/', exchange, routingKey, properties: {}, body: 'eA==' });
}

async function names(query: string): Promise<unknown[]> {
  const { json } = await fixture.ask('GET', `/v1/queues?${query}`);
  return json.items.map(({ name }) => name);
}

beforeAll(async () => {
  fixture = await httpFixture();
  const { server } = fixture;
  for (const queue of ['busy', 'calm', 'idle'])
    await server.call('queue.declare', { ...root, queue, arguments: { 'x-max-length': 1_000 } });
  for (let second = 0; second < 12; second++) {
    for (let count = 0; count < 5; count++) await publish('busy');
    await publish('calm');
    await server.measure();
  }
  // Nothing was measured of it yet.
  await server.call('queue.declare', { ...root, queue: 'fresh', arguments: {} });
  await fixture.addUser('ann', ['management'], '.*');
});

afterAll(() => fixture.close());

describe('queues by figures', () => {
  it.each([
    ['-messages_published_per_second', ['busy', 'calm', 'idle', 'fresh']],
    ['messages_published_per_second', ['idle', 'calm', 'busy', 'fresh']],
    ['-oldest_message_age_seconds', ['busy', 'calm', 'idle', 'fresh']],
    ['seconds_to_drain', ['idle', 'busy', 'calm', 'fresh']],
  ])('sort by %s, what is unknown last', async (sort, order) => {
    expect(await names(`sort=${sort}`)).toEqual(order);
    const paged: unknown[] = [];
    for (let after = ''; ;) {
      const { json } = await fixture.ask('GET', `/v1/queues?sort=${sort}&limit=1${after}`);
      paged.push(json.items[0]!['name']);
      if (typeof json['next'] !== 'string') break;
      after = `&after=${json['next']}`;
    }
    expect(paged).toEqual(order);
  });

  it('tell those that are asked for, null where it never happens, and leave out what is unknown', async () => {
    const asked = 'messages_published_per_second,seconds_to_drain,least_laxity_seconds';
    const { json } = await fixture.ask('GET', `/v1/queues?figures=${asked}`);
    const byName = new Map(json.items.map((item) => [item['name'], item['figures']]));
    expect(byName.get('busy')).toEqual({ messages_published_per_second: 5, seconds_to_drain: null });
    expect(byName.get('idle')).toEqual({ messages_published_per_second: 0, seconds_to_drain: 0 });
    expect(byName.get('fresh')).toEqual({});
  });

  it.each(['figures=nonsense', 'sort=nonsense', 'figures=__proto__', 'sort=constructor'])(
    'refuse %s',
    async (query) => {
      expect((await fixture.ask('GET', `/v1/queues?${query}`)).status).toBe(400);
    },
  );
});

describe('a forecast', () => {
  it('tells when the limit is reached at this pace', async () => {
    const { json } = await fixture.ask('GET', '/v1/queues/%2F/busy/forecast?over=60&disk=true');
    const lines = json['lines'] as Record<string, unknown>[];
    const messages = lines.find(({ what }) => what === 'messages')!;
    expect(messages['slopePerSecond']).toBeCloseTo(5);
    expect(messages['level']).toBeCloseTo(60);
    expect(messages['limit']).toMatchObject({ name: 'x-max-length', value: 1_000 });
    expect((messages['limit'] as { seconds: number }).seconds).toBeCloseTo(188);
    const path = messages['path'] as { second: number; value: number }[];
    expect(path.at(-1)!.second - path[0]!.second).toBe(60);
    expect(path.at(-1)!.value).toBeCloseTo(360);
    // Nothing measures the disk here.
    expect(json['unknown']).toEqual(['disk']);
  });

  it('says that too little is known', async () => {
    const { json } = await fixture.ask('GET', '/v1/queues/%2F/fresh/forecast');
    expect(json).toMatchObject({ lines: [], unknown: ['messages', 'bytes'] });
    expect((await fixture.ask('GET', '/v1/queues/%2F/none/forecast')).status).toBe(404);
  });

  it('tells of the disk only who monitors the server', async () => {
    const user = 'ann:ann';
    expect((await fixture.ask('GET', '/v1/queues/%2F/busy/forecast', { user })).status).toBe(200);
    expect((await fixture.ask('GET', '/v1/queues/%2F/busy/forecast?disk=true', { user })).status).toBe(403);
  });
});

describe('a routing key', () => {
  const route = async (exchange: string, query: string) =>
    fixture.ask('GET', `/v1/exchanges/%2F/${encodeURIComponent(exchange)}/route?${query}`);

  beforeAll(async () => {
    const { server } = fixture;
    const declare = (exchange: string, type: string, given = {}) =>
      server.call('exchange.declare', { ...root, exchange, type, internal: false, arguments: given });
    const bind = (source: string, destination: string, routingKey: string, given = {}, isExchange = false) =>
      server.call('binding.declare', {
        ...{ vhost: '/', source, destination, routingKey, arguments: given },
        destinationKind: isExchange ? 'exchange' : 'queue',
      });
    await declare('other', 'fanout');
    await declare('events', 'topic', { 'alternate-exchange': 'other' });
    await declare('by-header', 'headers');
    await declare('later', 'x-delayed-message', { 'x-delayed-type': 'fanout' });
    await bind('events', 'busy', 'order.*');
    await bind('events', 'calm', 'order.#');
    await bind('events', 'other', 'hop', {}, true);
    await bind('other', 'idle', '');
    await bind('by-header', 'calm', '', { 'x-match': 'all', size: 5 });
    await bind('later', 'busy', '');
  });

  it.each([
    ['events', 'key=order.paid', ['busy', 'calm']],
    ['events', 'key=order.paid.twice', ['calm']],
    ['events', 'key=hop', ['idle']],
    ['events', 'key=nothing', ['idle']],
    ['by-header', `headers=${encodeURIComponent('{"size":5}')}`, ['calm']],
    ['by-header', '', []],
    ['amq.direct', 'key=order.paid', []],
  ])('of %s with %s leads to the queues that get the message', async (exchange, query, queues) => {
    expect((await route(exchange, query)).json).toEqual({ queues, delayedBy: [] });
  });

  it('tells of an exchange that holds messages first', async () => {
    const headers = encodeURIComponent('{"x-delay":60000}');
    expect((await route('later', `headers=${headers}`)).json).toEqual({ queues: [], delayedBy: ['later'] });
    expect((await route('later', '')).json).toEqual({ queues: ['busy'], delayedBy: [] });
  });

  it('takes no message of others away', async () => {
    const before = (await fixture.ask('GET', '/v1/queues/%2F/calm')).json['ready'] as number;
    await publish('order.x.y', 'events');
    await route('events', 'key=order.x.y');
    await publish('order.x.y', 'events');
    expect((await fixture.ask('GET', '/v1/queues/%2F/calm')).json['ready']).toBe(before + 2);
  });

  it.each(['headers=5', 'headers=%5B1%5D', 'headers=%7B', `key=${'k'.repeat(256)}`])(
    'refuses %s',
    async (query) => {
      expect((await route('events', query)).status).toBe(400);
    },
  );

  it('counts what was published to an exchange', async () => {
    const { json } = await fixture.ask('GET', '/v1/exchanges/%2F/events');
    expect(json).toMatchObject({ name: 'events', type: 'topic', publishedIn: 2, publishedOut: 2 });
    const list = await fixture.ask('GET', '/v1/exchanges?sort=-publishedIn&limit=1');
    expect(list.json.items[0]).toMatchObject({ publishedIn: expect.any(Number) as number });
    expect((await fixture.ask('GET', '/v1/exchanges/%2F/none')).status).toBe(404);
  });

  it('is refused of an exchange that is not there', async () => {
    expect((await route('none', 'key=a')).status).toBe(404);
  });
});
