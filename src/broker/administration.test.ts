import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryServer, type MemoryServer } from '../operations/testing/memory-server.js';

let server: MemoryServer;

beforeEach(async () => {
  server = await memoryServer();
});

afterEach(() => server.close());

const name = { vhost: '/', queue: 'orders' };

async function publish(count: number, bytes: number): Promise<void> {
  const body = Buffer.alloc(bytes, 'x').toString('base64');
  for (let sent = 0; sent < count; sent++)
    await server.call('publish', { vhost: '/', exchange: '', routingKey: 'orders', properties: {}, body });
}

describe('views', () => {
  it('keep what a deleted queue counted', async () => {
    const { administration } = server.services.broker;
    await server.call('queue.declare', { ...name, durable: true, autoDelete: false, arguments: {} });
    await publish(3, 1);
    expect(administration.retiredCounters().get('/')).toMatchObject({ published: 0 });
    await server.call('queue.delete', { ...name, ifUnused: false, ifEmpty: false });
    await server.call('queue.declare', { ...name, durable: true, autoDelete: false, arguments: {} });
    await publish(2, 1);
    await server.call('queue.delete', { ...name, ifUnused: false, ifEmpty: false });
    expect(administration.retiredCounters().get('/')).toMatchObject({ published: 5, delivered: 0 });
  });

  it('copy no more of large messages than was asked for, and at least one', async () => {
    const { administration } = server.services.broker;
    await server.call('queue.declare', { ...name, durable: true, autoDelete: false, arguments: {} });
    await publish(5, 1_000);
    expect(await administration.peek('/', 'orders', 5, 3_500)).toHaveLength(3);
    expect(await administration.peek('/', 'orders', 5, 10)).toHaveLength(1);
    expect(await administration.peek('/', 'orders', 5)).toHaveLength(5);
  });
});
