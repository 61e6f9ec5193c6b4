import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;

beforeAll(async () => {
  fixture = await httpFixture();
  const { server } = fixture;
  const arguments_ = { 'x-max-length': 1_000_000 };
  for (const [queue, more] of [
    ['orders', {}],
    ['=evil', {}],
    ['carts', { 'x-owner': 'shop' }],
  ] as const)
    await server.call('queue.declare', {
      ...{ vhost: '/', queue, durable: true, autoDelete: false },
      arguments: { ...arguments_, ...more },
    });
  for (let second = 0; second < 30; second++) {
    await server.measure();
    const message = { exchange: '', routingKey: 'orders', properties: {}, body: 'eA==' };
    await server.call('publish', { vhost: '/', ...message });
  }
  await fixture.addUser('ann', ['management'], '.*');
});

afterAll(() => fixture.close());

describe('the report', () => {
  it('is made over a span, with prices', async () => {
    const { json, status } = await fixture.ask(
      'GET',
      '/v1/report?sinceMs=60000&perMillionMessages=1000000&currency=EUR',
    );
    expect(status).toBe(200);
    expect(json).toMatchObject({ incidents: [], currency: 'EUR' });
    expect(json['owners']).toMatchObject([
      { owner: 'nobody', queues: 2, connections: 1, published: 29, cost: 29 },
      // By the queue's own argument.
      { owner: 'shop', queues: 1, connections: 0, published: 0 },
    ]);
    // The span reaches further back than what was measured.
    expect(json['unknown']).toEqual([
      expect.stringMatching(/^history begins at .*: nothing is known before$/),
    ]);
  });

  it('gives its owners as CSV', async () => {
    const { text, headers } = await fixture.ask('GET', '/v1/report/owners.csv?sinceMs=60000');
    expect(headers.get('content-type')).toContain('text/csv');
    expect(text.split('\r\n')).toHaveLength(4);
    expect(text).toMatch(/^owner,queues,published,/);
  });

  it('has availability by itself, against the goal that a rule sets', async () => {
    const ask = async () => (await fixture.ask('GET', '/v1/availability?sinceMs=60000')).json;
    const engine = { engine: 'embedded', availability: 1, downSeconds: 0, failures: 0 };
    expect(await ask()).toMatchObject({ goal: 0.999, engines: [engine] });
    expect(await ask()).not.toHaveProperty('goalRule');
    const rule = {
      kind: 'burn-rate',
      of: 'engine',
      bad: 'sluice_probe_down_seconds_total',
      total: 'sluice_probe_up_seconds_total',
    };
    for (const [name, objective] of [
      ['strict', 0.9999],
      ['mild', 0.99],
    ] as const)
      expect(
        await fixture.ask('PUT', `/v1/alert-rules/${name}`, { json: { ...rule, objective } }),
      ).toMatchObject({ status: 200 });
    expect(await ask()).toMatchObject({ goal: 0.9999, goalRule: 'strict' });
  });

  it('is for those who monitor', async () => {
    for (const path of ['/v1/report', '/v1/report/owners.csv', '/v1/availability'])
      expect((await fixture.ask('GET', path, { user: 'ann:ann' })).status).toBe(403);
    expect((await fixture.ask('GET', '/v1/report?sinceMs=1')).status).toBe(400);
    expect((await fixture.ask('GET', '/v1/report?sinceMs=99999999999')).status).toBe(400);
  });
});

describe('acts of operators in the report', () => {
  it('are told to administrators, and to others why not, in their language', async () => {
    await fixture.addUser('watcher', ['monitoring']);
    const path = '/v1/report?sinceMs=3600000';
    const user = 'watcher:watcher';
    const refused = (await fixture.ask('GET', path, { user })).json;
    expect(refused).not.toHaveProperty('acts');
    expect(refused).toMatchObject({ actsRefused: 'the audit log is for administrators' });
    const headers = { 'accept-language': 'zh' };
    expect((await fixture.ask('GET', path, { user, headers })).json).toMatchObject({
      actsRefused: '审计日志仅供管理员查看',
    });
    await fixture.ask('PUT', '/v1/queues/%2F/made', { json: {} });
    const { acts } = (await fixture.ask('GET', path, { headers })).json;
    expect(acts).toContainEqual(
      expect.objectContaining({
        ...{ actor: 'guest', event: 'topology-created', others: 0, count: 1, outcome: 'success' },
        subject: '虚拟主机 / 中的队列 made',
      }),
    );
  });
});
