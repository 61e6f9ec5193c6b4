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
});
