import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;

beforeAll(async () => {
  fixture = await httpFixture();
  const { server } = fixture;
  await server.call('vhost.add', { vhost: 'other' });
  for (const vhost of ['/', 'other'])
    await server.call('queue.declare', {
      vhost,
      queue: 'orders',
      durable: true,
      autoDelete: false,
      arguments: {},
    });
  for (let second = 0; second < 4; second++) {
    await server.measure();
    const message = { exchange: '', routingKey: 'orders', properties: {}, body: 'eA==' };
    await server.call('publish', { vhost: '/', ...message });
  }
  await fixture.addUser('ann', ['management'], '.*');
});

afterAll(() => fixture.close());

describe('figures', () => {
  it('are listed by kind and label, those that are known', async () => {
    const { json } = await fixture.ask('GET', '/v1/figures?kind=queue&vhost=/');
    expect(json.items).toHaveLength(1);
    const [item] = json.items;
    expect(item).toMatchObject({
      kind: 'queue',
      labels: { engine: 'embedded', vhost: '/', queue: 'orders' },
    });
    expect(item!['figures']).toMatchObject({ sluice_messages_ready: 3 });
    expect(item!['figures']).not.toHaveProperty('sluice_least_laxity_seconds');
  });

  it('come page by page', async () => {
    const first = (await fixture.ask('GET', '/v1/figures?limit=1')).json;
    const second = (await fixture.ask('GET', `/v1/figures?limit=1&after=${String(first['next'])}`)).json;
    const vhosts = [...first.items, ...second.items].map(({ labels }) => (labels as { vhost: string }).vhost);
    expect(vhosts.toSorted()).toEqual(['/', 'other']);
  });

  it('show nothing of virtual hosts that the user may not enter, nor of the server', async () => {
    const user = 'ann:ann';
    const { json } = await fixture.ask('GET', '/v1/figures', { user });
    expect(json.items.map(({ labels }) => (labels as { vhost: string }).vhost)).toEqual(['/']);
    expect((await fixture.ask('GET', '/v1/figures?kind=engine', { user })).json.items).toEqual([]);
    const series = '/v1/series?series=messages_ready&queue=orders';
    expect((await fixture.ask('GET', series, { user })).status).toBe(200);
    expect((await fixture.ask('GET', `${series}&vhost=other`, { user })).status).toBe(403);
    expect((await fixture.ask('GET', '/v1/series?series=connections', { user })).status).toBe(403);
    expect((await fixture.ask('GET', '/v1/monitor', { user })).status).toBe(403);
  });

  it('are told as they went', async () => {
    const to = Math.floor(fixture.server.clock.now() / 1_000);
    const range = `from=${to - 4}&to=${to}&step=1`;
    const ready = `/v1/series?series=messages_ready&queue=orders&${range}`;
    const { json } = await fixture.ask('GET', ready);
    expect(json).toMatchObject({ series: 'sluice_messages_ready', unit: 'messages', isRate: false });
    expect(json['stretches']).toMatchObject([{ values: [0, 1, 2, 3] }]);
    const published = ready.replace('messages_ready', 'messages_published_total');
    const rates = (await fixture.ask('GET', published)).json;
    expect(rates).toMatchObject({ isRate: true, stretches: [{ values: [null, 1, 1, 1] }] });
  });

  it.each([
    ['/v1/figures?kind=nothing', 400],
    ['/v1/figures?kind=queue&task=x', 400],
    ['/v1/series?series=nothing', 404],
    ['/v1/series?series=messages_ready', 400],
    ['/v1/series?series=messages_ready&queue=orders&from=5&to=5', 400],
    ['/v1/series?series=messages_ready&queue=orders&from=0&step=1', 400],
  ])('refuse %s', async (path, status) => {
    expect((await fixture.ask('GET', path)).status).toBe(status);
  });

  it('tell how measuring fares', async () => {
    const { json } = await fixture.ask('GET', '/v1/monitor');
    expect(json['sources']).toContainEqual(
      expect.objectContaining({ source: 'queues embedded', failures: 0 }),
    );
    expect(json['coverage']).toContainEqual(expect.objectContaining({ resolution: '1min', droppedFiles: 0 }));
  });
});
