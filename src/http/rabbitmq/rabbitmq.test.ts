/** The management API as its clients see it: statuses, shapes and rights. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { likeRabbitmqVersion, nodeName } from './identity.js';
import { rabbitFixture, type RabbitFixture } from './testing/rabbit-fixture.js';

let rabbit: RabbitFixture;

beforeAll(async () => {
  rabbit = await rabbitFixture();
});

afterAll(async () => {
  await rabbit.close();
});

const status = async (method: string, path: string, json?: unknown): Promise<number> =>
  (await rabbit.api(method, path, json === undefined ? {} : { json })).status;

describe('the server', () => {
  it('gives an overview', async () => {
    expect(await rabbit.read('/overview')).toMatchObject({
      ...{ product_name: 'Sluice', rabbitmq_version: likeRabbitmqVersion, node: nodeName },
      object_totals: { connections: 1, channels: 1, consumers: 0 },
      listeners: [
        { protocol: 'amqp', ip_address: '127.0.0.1', port: 5_672 },
        { protocol: 'http', port: 15_672 },
      ],
    });
  });

  it('says who asks', async () => {
    expect(await rabbit.read('/whoami')).toEqual({ name: 'guest', tags: ['administrator'] });
  });

  it('shows its node alone', async () => {
    expect(await rabbit.read('/nodes')).toMatchObject([{ name: nodeName, mem_used: 100, disk_free: 500 }]);
    expect(await status('GET', '/nodes/other')).toBe(404);
  });

  it('answers what is not there as RabbitMQ does', async () => {
    for (const path of [
      '/nonsense',
      '/queues/%2F/none',
      '/vhosts/none',
      '/users/none',
      '/connections/none',
    ]) {
      const answer = await rabbit.api('GET', path);
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({ error: 'Object Not Found', reason: 'Not Found' });
    }
  });

  it('refuses a method that a path does not have, naming those that it has', async () => {
    const answer = await rabbit.api('POST', '/overview', { json: {} });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'HEAD, GET']);
  });

  it('refuses strangers with a challenge', async () => {
    const answer = await rabbit.api('GET', '/overview', { user: null, headers: { 'x-requested-with': '' } });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ error: 'not_authorized' });
    expect(answer.headers.get('www-authenticate')).toMatch(/realm/);
  });
});

describe('queues', () => {
  it('are declared once, stand, and are deleted once', async () => {
    const body = { durable: 'true', auto_delete: 'false', arguments: { 'x-max-length': 5 }, node: 'n' };
    expect(await status('PUT', '/queues/%2F/orders', body)).toBe(201);
    expect(await status('PUT', '/queues/%2F/orders', body)).toBe(204);
    expect(await rabbit.read('/queues/%2F/orders')).toMatchObject({
      ...{ name: 'orders', vhost: '/', durable: true, type: 'classic', messages: 0, consumers: 0 },
      arguments: { 'x-max-length': 5 },
    });
    expect(await status('DELETE', '/queues/%2F/orders?if-unused=true&if-empty=true')).toBe(204);
    expect(await status('DELETE', '/queues/%2F/orders')).toBe(404);
  });

  it('that stand otherwise are refused with the reason', async () => {
    await rabbit.api('PUT', '/queues/%2F/stands', { json: { durable: true } });
    const answer = await rabbit.api('PUT', '/queues/%2F/stands', { json: { durable: false } });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      error: 'bad_request',
      reason: expect.stringMatching("inequivalent arg 'durable'") as string,
    });
  });
});

describe('health checks', () => {
  it('fail with status 503 and what is wrong', async () => {
    rabbit.say({ alarms: ['memory'], certificateExpiresMs: Date.parse('2000-01-01') });
    for (const path of ['alarms', 'local-alarms', 'certificate-expiration/1/weeks', 'port-listener/1']) {
      const answer = await rabbit.api('GET', `/health/checks/${path}`);
      expect([path, answer.status, answer.json['status']]).toEqual([path, 503, 'failed']);
    }
    rabbit.say({ alarms: [], certificateExpiresMs: Date.parse('2990-01-01') });
    for (const path of ['alarms', 'local-alarms', 'certificate-expiration/1/weeks', 'port-listener/5672']) {
      const answer = await rabbit.api('GET', `/health/checks/${path}`);
      expect([path, answer.status, answer.json['status']]).toEqual([path, 200, 'ok']);
    }
  });
});
