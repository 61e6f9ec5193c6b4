/** What a connection tells of the messages that went over it. */
import { afterEach, describe, expect, it } from 'vitest';
import { emptyFieldTable } from '../../broker/index.js';
import type { ConnectionFigures } from './connection-report.js';
import type { TestClient } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const patience = { timeout: 30_000 };
let server: TestServer;

afterEach(() => server.stop());

function figures(): ConnectionFigures {
  const [first] = server.server.eachConnection();
  return { ...first! };
}

async function deliveries(client: TestClient, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await client.next('basic.deliver');
    await client.content();
  }
}

describe('a connection', () => {
  it('counts what its channels carry, and keeps what closed ones carried', async () => {
    server = await startTestServer();
    const client = await server.open();
    await client.channel();
    await client.queue('q');
    for (const body of ['one', 'two', 'three']) client.publish('q', body);
    client.send(1, {
      ...{ name: 'basic.consume', queue: 'q', consumerTag: 'c', arguments: emptyFieldTable },
      ...{ noLocal: false, noAck: false, exclusive: false, noWait: false },
    });
    await client.next('basic.consume-ok');
    await deliveries(client, 3);
    client.send(1, { name: 'basic.ack', deliveryTag: 2, multiple: true });
    client.send(1, { name: 'basic.reject', deliveryTag: 3, requeue: true });
    await deliveries(client, 1);
    const carried = { published: 3, delivered: 4, redelivered: 1, acknowledged: 2, rejected: 1 };
    expect(figures()).toMatchObject({ channels: 1, ...carried, confirms: undefined });
    client.send(1, { name: 'channel.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    await client.next('channel.close-ok');
    expect(figures()).toMatchObject({ channels: 0, ...carried });
    await client.channel();
    client.publish('q', 'four');
    await expect.poll(() => figures().published, patience).toBe(4);
    expect(figures()).toMatchObject({ channels: 1, delivered: 4 });
  });

  it('tells how long its publishes wait for their confirm', async () => {
    server = await startTestServer();
    const client = await server.open();
    await client.channel();
    await client.queue('q');
    client.send(1, { name: 'confirm.select', noWait: false });
    await client.next('confirm.select-ok');
    for (const count of [1, 2]) {
      client.publish('q', 'x');
      await client.next('basic.ack');
      await expect.poll(() => figures().confirms?.count, patience).toBe(count);
    }
    server.clock.advance(1_000);
    expect(figures().confirms?.recent?.count).toBe(2);
  });
});
