/** docs/queues.md, as clients of npm send it: shares and limits as tables among a queue's arguments. */
import { AMQPClient } from '@cloudamqp/amqp-client';
import { connect, type Channel } from 'amqplib';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import type { BrokerServer } from '../support/server.mjs';
import { startSluice } from '../support/start-sluice.mjs';

let server: BrokerServer;
beforeAll(async () => {
  server = await startSluice();
});
afterAll(() => server.stop());

describe('amqplib', () => {
  let end: () => Promise<void>;
  let channel: Channel;
  beforeEach(async () => {
    const connection = await connect(server.url);
    channel = await connection.createChannel();
    // A refused declaration closes its channel.
    channel.on('error', () => undefined);
    end = () => connection.close();
  });
  afterEach(() => end());

  function send(queue: string, tenant: string, count: number): void {
    for (let number = 1; number <= count; number++)
      channel.sendToQueue(queue, Buffer.from(`${tenant}${number}`), { headers: { 'x-tenant': tenant } });
  }

  async function take(queue: string, count: number): Promise<string[]> {
    const texts: string[] = [];
    while (texts.length < count) {
      const message = await channel.get(queue);
      if (message === false) break;
      texts.push(message.content.toString());
    }
    return texts;
  }

  test('x-fair shares by weight, in order within each tenant', async () => {
    await channel.assertQueue('fair', { arguments: { 'x-fair': { gold: 2, '*': 1 } } });
    send('fair', 'bulk', 3);
    send('fair', 'gold', 4);
    expect(await take('fair', 6)).toEqual(['bulk1', 'gold1', 'gold2', 'bulk2', 'gold3', 'gold4']);
  });

  test('x-rate-limit lets its burst go and no more', async () => {
    const limit = { count: 1, per: 3_600_000, burst: 3 };
    await channel.assertQueue('rated', { arguments: { 'x-rate-limit': limit } });
    send('rated', 'a', 5);
    expect(await take('rated', 5)).toEqual(['a1', 'a2', 'a3']);
    expect((await channel.checkQueue('rated')).messageCount).toBe(2);
  });

  test('x-concurrency counts what is held, over connections, until it is acknowledged', async () => {
    await channel.assertQueue('narrow', { arguments: { 'x-concurrency': 2 } });
    send('narrow', 'a', 4);
    const first = await channel.get('narrow');
    const other = await connect(server.url);
    const otherChannel = await other.createChannel();
    expect(await otherChannel.get('narrow')).toMatchObject({ fields: { routingKey: 'narrow' } });
    expect([await channel.get('narrow'), await otherChannel.get('narrow')]).toEqual([false, false]);
    if (first !== false) channel.ack(first);
    expect(await take('narrow', 2)).toEqual(['a3']);
    await other.close();
  });

  test.each([
    ['x-fair', { gold: -1 }],
    ['x-fair', 'gold'],
    ['x-rate-limit', { count: 1 }],
    ['x-concurrency', 0],
  ])('a %s that makes no sense is refused, naming it: %j', async (name, value) => {
    const declared = channel.assertQueue('wrong', { arguments: { [name]: value } });
    await expect(declared).rejects.toMatchObject({
      code: 406,
      message: expect.stringContaining(name) as string,
    });
  });
});

test('@cloudamqp/amqp-client declares the same tables, and the queue of another client stands', async () => {
  const connection = await new AMQPClient(server.url).connect();
  const channel = await connection.channel();
  const terms = {
    'x-order': 'deadline',
    'x-fair': { gold: 3, bronze: 0.5 },
    'x-fair-budget': { gold: '20ms/100ms' },
    'x-rate-limit': { count: 100, per: 1_000 },
    'x-tenant-concurrency': 4,
  };
  await channel.queueDeclare('shared', { durable: true }, terms);
  const amqplib = await connect(server.url);
  const other = await amqplib.createChannel();
  await other.assertQueue('shared', { arguments: terms });
  await channel.basicPublish('', 'shared', 'x', { headers: { 'x-tenant': 'gold' } });
  expect((await channel.basicGet('shared', { noAck: true }))?.bodyString()).toBe('x');
  await amqplib.close();
  await connection.close();
});
