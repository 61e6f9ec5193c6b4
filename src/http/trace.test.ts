import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;

beforeAll(async () => {
  fixture = await httpFixture();
  const { server } = fixture;
  for (const queue of ['orders', 'secret']) {
    const options = { vhost: '/', durable: true, autoDelete: false, arguments: {} };
    await server.call('queue.declare', { ...options, queue });
    const properties = { messageId: `of-${queue}`, deliveryMode: 2 };
    const message = { vhost: '/', exchange: '', routingKey: queue, properties };
    await server.call('publish', { ...message, body: Buffer.from('hidden body').toString('base64') });
  }
  await fixture.addUser('ann', ['monitoring'], '^orders$');
  await fixture.addUser('bob', ['management'], '^orders$');
});

afterAll(() => fixture.close());

const lives = async (path: string, user?: string): Promise<unknown> => {
  const { json } = await fixture.ask('GET', `/v1/messages/trace?${path}`, user === undefined ? {} : { user });
  return json['lives'];
};

describe('a trace', () => {
  it('is found by identifier and by place, without the body', async () => {
    const life = {
      messageId: 'of-orders',
      events: [{ kind: 'published', routes: [{ queue: 'orders', position: 0 }] }],
      places: [{ queue: 'orders', now: { state: { kind: 'ready' } } }],
    };
    expect(await lives('messageId=of-orders')).toMatchObject([life]);
    expect(await lives('queue=orders&position=0')).toMatchObject([life]);
    const { text } = await fixture.ask('GET', '/v1/messages/trace?messageId=of-orders');
    expect(text).not.toContain('hidden');
    expect(text).not.toContain(Buffer.from('hidden body').toString('base64'));
  });

  it('shows nothing of queues that the caller may not read', async () => {
    expect(await lives('messageId=of-orders', 'ann:ann')).toHaveLength(1);
    expect(await lives('messageId=of-secret', 'ann:ann')).toEqual([]);
    const status = async (path: string, user: string): Promise<number> =>
      (await fixture.ask('GET', `/v1/messages/trace?${path}`, { user })).status;
    expect(await status('messageId=of-orders', 'bob:bob')).toBe(403);
    expect(await status('queue=orders&position=0', 'bob:bob')).toBe(200);
    expect(await status('queue=secret&position=0', 'bob:bob')).toBe(403);
  });

  it.each(['', 'queue=orders', 'position=1', 'messageId=a&queue=orders&position=0', 'messageId='])(
    'refuses %j',
    async (query) => {
      expect((await fixture.ask('GET', `/v1/messages/trace?${query}`)).status).toBe(400);
    },
  );

  it('reads the journal for one at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => fixture.ask('GET', '/v1/messages/trace?messageId=x')),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses.every((status) => status === 200 || status >= 400)).toBe(true);
  });
});
