/** Requests of an AMQP client, over a socket. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  decodeProperties,
  encodeProperties,
  fieldTable,
  toPlain,
  type PlainValue,
} from '../../../broker/index.js';
import type { TestClient } from '../testing/test-client.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let client: TestClient;

beforeEach(async () => {
  server = await startTestServer();
  client = await server.open();
  await client.channel();
  client.send(1, { ...consumeReplies });
  await client.next('basic.consume-ok');
});

afterEach(async () => {
  await server.stop();
});

const consumeReplies = {
  name: 'basic.consume',
  queue: 'amq.rabbitmq.reply-to',
  consumerTag: 'replies',
  noLocal: false,
  noAck: true,
  exclusive: false,
  noWait: false,
  arguments: fieldTable({}),
} as const;

interface AnswerSeen {
  readonly headers: Readonly<Record<string, PlainValue>>;
  readonly body: string;
  readonly correlationId: string | undefined;
}

function request(
  operation: string,
  headers: Record<string, unknown>,
  body = '',
  replyTo = 'amq.rabbitmq.reply-to',
): void {
  client.publish(operation, body, {
    exchange: 'sluice',
    properties: encodeProperties({ headers: fieldTable(headers), replyTo, correlationId: 'c1' }),
  });
}

async function answer(): Promise<AnswerSeen> {
  await client.next('basic.deliver');
  const { properties: encoded, body } = await client.content();
  const properties = decodeProperties(encoded);
  return {
    headers: toPlain(properties.headers ?? fieldTable({})),
    body: body.toString(),
    correlationId: properties.correlationId,
  };
}

describe('a request', () => {
  it('puts and gets a record', async () => {
    request('records.put', { key: 'a' }, 'one');
    const put = await answer();
    expect(put).toMatchObject({ headers: { status: 'ok' }, correlationId: 'c1' });
    request('records.get', { key: 'a' });
    expect(await answer()).toMatchObject({
      headers: { status: 'ok', key: 'a', version: put.headers['version'] },
      body: 'one',
    });
    request('records.put', { key: 'a', expected: 'absent' }, 'two');
    expect(await answer()).toMatchObject({
      headers: { status: 'conflict', version: put.headers['version'] },
    });
    request('records.get', { key: 'b' });
    expect(await answer()).toMatchObject({ headers: { status: 'absent' } });
  });

  it('deletes, scans and watches', async () => {
    request('records.watch', { prefix: 'a/' });
    const { watch } = (await answer()).headers;
    request('records.put', { key: 'a/1', ttl: 60_000 }, 'one');
    const seen = [await answer(), await answer()];
    const event = seen.find(({ headers }) => headers['status'] === 'event')!;
    expect(event).toMatchObject({ headers: { event: 'put', watch, key: 'a/1' }, body: 'one' });
    expect(event.headers['expires']).toBeGreaterThan(1_700_000_000_000);
    request('records.unwatch', { watch });
    expect((await answer()).headers['status']).toBe('ok');
    request('records.put', { key: 'b' }, 'x');
    await answer();
    request('records.scan', { prefix: 'a/' });
    const scan = await answer();
    expect(JSON.parse(scan.body)).toMatchObject([
      { key: 'a/1', value: Buffer.from('one').toString('base64') },
    ]);
    request('records.delete', { key: 'a/1' });
    expect((await answer()).headers['status']).toBe('ok');
    request('records.delete', { key: 'a/1' });
    expect((await answer()).headers['status']).toBe('absent');
  });

  it('ends a delivery of its own channel with a record', async () => {
    await client.queue('q');
    client.publish('q', 'task');
    client.send(1, { ...consumeReplies, queue: 'q', consumerTag: 'tasks', noAck: false });
    await client.next('basic.consume-ok');
    const { deliveryTag } = await client.next('basic.deliver');
    await client.content();
    request('complete', { 'delivery-tag': deliveryTag, key: 'r', expected: 7 }, 'done');
    expect((await answer()).headers['status']).toBe('conflict');
    request('complete', { 'delivery-tag': deliveryTag, key: 'r' }, 'done');
    expect((await answer()).headers['status']).toBe('ok');
    request('complete', { 'delivery-tag': deliveryTag, key: 'r' }, 'done');
    expect((await answer()).headers).toMatchObject({ status: 'refused', code: 'precondition-failed' });
    expect(server.broker.administration.listQueues()[0]).toMatchObject({
      unacknowledged: 0,
      acknowledged: 1,
    });
  });

  it('takes a large value, and refuses what it does not know without ending the channel', async () => {
    const large = 'x'.repeat(300_000);
    request('records.put', { key: 'large' }, large);
    expect((await answer()).headers['status']).toBe('ok');
    request('records.get', { key: 'large' });
    expect((await answer()).body).toBe(large);
    request('records.polish', { key: 'a' });
    expect((await answer()).headers).toMatchObject({ status: 'refused', code: 'not-found' });
    request('records.put', {}, 'x');
    expect((await answer()).headers).toMatchObject({ status: 'refused', code: 'bad-input' });
  });

  it('joins a transaction, which answers with its commit', async () => {
    client.send(1, { name: 'tx.select' });
    await client.next('tx.select-ok');
    request('records.put', { key: 'a' }, 'one');
    client.send(1, { name: 'tx.commit' });
    expect((await answer()).headers['status']).toBe('ok');
    await client.next('tx.commit-ok');
    request('records.put', { key: 'b' }, 'two');
    client.send(1, { name: 'tx.rollback' });
    expect((await answer()).headers['status']).toBe('rolled-back');
    await client.next('tx.rollback-ok');
    request('records.put', { key: 'a', expected: 'absent' }, 'three');
    client.send(1, { name: 'tx.commit' });
    expect((await answer()).headers['status']).toBe('conflict');
    expect(await client.next('channel.close')).toMatchObject({ replyCode: 406 });
  });

  it('is confirmed when it is durable, and refused by a nack where nobody is told', async () => {
    client.send(1, { name: 'confirm.select', noWait: false });
    await client.next('confirm.select-ok');
    const properties = encodeProperties({ headers: fieldTable({ key: 'a', expected: 'absent' }) });
    client.publish('records.put', 'one', { exchange: 'sluice', properties });
    expect(await client.next('basic.ack')).toMatchObject({ deliveryTag: 1 });
    client.publish('records.put', 'two', { exchange: 'sluice', properties });
    expect(await client.next('basic.nack')).toMatchObject({ deliveryTag: 2 });
  });
});

describe('the exchange sluice', () => {
  it('cannot be deleted or bound', async () => {
    client.send(1, { name: 'exchange.delete', exchange: 'sluice', ifUnused: false, noWait: false });
    expect(await client.next('channel.close')).toMatchObject({ replyCode: 403 });
  });

  it('asks for the right that a request needs', async () => {
    const { access, operator } = server;
    await access.addUser({ name: 'reader', password: 'reader' }, operator);
    const rights = { user: 'reader', vhost: '/', configure: '', write: '', read: '.*' };
    await access.setPermissions(rights, operator);
    client = await server.open({ user: 'reader', password: 'reader' });
    await client.channel();
    client.send(1, consumeReplies);
    await client.next('basic.consume-ok');
    request('records.get', { key: 'a' });
    expect((await answer()).headers['status']).toBe('absent');
    request('records.put', { key: 'a' }, 'x');
    expect((await answer()).headers).toMatchObject({ status: 'refused', code: 'access-refused' });
    request('queues.pause', { queue: 'q' });
    expect((await answer()).headers).toMatchObject({ status: 'refused', code: 'access-refused' });
  });
});
