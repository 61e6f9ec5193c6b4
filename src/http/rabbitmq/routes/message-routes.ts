/**
 * Publishing, getting, and the test that does both. Rights are those of the same AMQP methods. Invariant: messages are
 * given out only when what their delivery changed is durable.
 */
import { SluiceError } from '../../../kernel/index.js';
import type { GotMessage, OperationInput } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { exchangeNamed } from '../binding-item.js';
import type { Item } from '../columns.js';
import { Fields, missing } from '../fields.js';
import {
  json,
  post,
  get,
  viewsVhost,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';
import { orNotFound } from '../operation.js';
import { namedProperties, sentProperties } from '../message-properties.js';

const bodyBytesMax = 1_048_576;
/** In base64, or with every character escaped, and the properties besides. */
const requestBytesMax = 2 * bodyBytesMax + 65_536;
const getCountMax = 1_000;

function mayPublish({ caller }: Visit, vhost: string, exchange: string, routingKey: string): void {
  caller.require('write', 'exchange', vhost, exchange);
  caller.requireTopic('write', vhost, exchange, routingKey);
}

function bodyOf(fields: Fields): string {
  const payload = fields.requiredText('payload');
  const encoding = fields.requiredText('payload_encoding');
  if (encoding === 'string') return Buffer.from(payload, 'utf8').toString('base64');
  if (encoding === 'base64') return payload;
  throw new SluiceError('bad-input', `unsupported_encoding: ${encoding.slice(0, 64)}`);
}

function checkedBody(fields: Fields): string {
  const body = bodyOf(fields);
  if ((body.length * 3) / 4 <= bodyBytesMax + 2) return body;
  throw new SluiceError('bad-input', `the payload is larger than ${bodyBytesMax} bytes: publish it by AMQP`);
}

async function publish(visit: Visit): Promise<RabbitAnswer> {
  const { call, vhost, fields } = visit;
  const exchange = exchangeNamed(visit.path('exchange'));
  const routingKey = fields.requiredText('routing_key');
  mayPublish(visit, vhost, exchange, routingKey);
  if (!fields.has('properties')) throw missing('properties');
  const properties = sentProperties(new Fields(fields.table('properties')), visit.actorName);
  const message = { vhost, exchange, routingKey, properties, body: checkedBody(fields) };
  return json({ routed: await isRouted(call, message) });
}

/** RabbitMQ says here of an exchange that is not there that the request was wrong. */
async function isRouted(call: Visit['call'], message: OperationInput<'publish'>): Promise<boolean> {
  try {
    return (await runOperation(call, 'publish', message)).routed;
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'not-found') throw error;
    throw new SluiceError('bad-input', `404 NOT_FOUND - ${error.message}`, { cause: error });
  }
}

const modes = {
  ack_requeue_true: 'return',
  reject_requeue_true: 'requeue',
  ack_requeue_false: 'acknowledge',
  reject_requeue_false: 'reject',
} as const;

function modeOf(fields: Fields): OperationInput<'queue.get'>['settle'] {
  const mode = fields.requiredText('ackmode');
  if (Object.hasOwn(modes, mode)) return modes[mode as keyof typeof modes];
  throw new SluiceError('bad-input', `ackmode: one of ${Object.keys(modes).join(', ')}`);
}

async function getMessages(visit: Visit): Promise<RabbitAnswer> {
  const { call, fields, vhost } = visit;
  const encoding = fields.requiredText('encoding');
  if (encoding !== 'auto' && encoding !== 'base64') {
    throw new SluiceError('bad-input', 'Unsupported encoding. Please use auto or base64.');
  }
  const settle = modeOf(fields);
  const count = Math.min(getCountMax, Math.max(1, fields.requiredInteger('count')));
  const truncate = fields.integer('truncate');
  if (truncate !== undefined && truncate < 0) throw new SluiceError('bad-input', 'truncate: below 0');
  const queue = visit.path('queue');
  const messages = await getFrom(call, { vhost, queue, count, settle });
  return json(messages.map((message) => messageItem(message, encoding, truncate)));
}

async function getFrom(
  call: Visit['call'],
  input: OperationInput<'queue.get'>,
): Promise<readonly GotMessage[]> {
  return (await orNotFound(() => runOperation(call, 'queue.get', input))).messages;
}

function messageItem(message: GotMessage, encoding: 'auto' | 'base64', truncate: number | undefined): Item {
  const whole = Buffer.from(message.body, 'base64');
  return {
    payload_bytes: whole.length,
    redelivered: message.redelivered,
    exchange: message.exchange,
    routing_key: message.routingKey,
    message_count: message.remaining,
    properties: namedProperties(message.properties),
    ...payloadOf(truncate === undefined ? whole : whole.subarray(0, truncate), encoding),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** As text where it is text. */
function payloadOf(body: Buffer, encoding: 'auto' | 'base64'): Item {
  if (encoding === 'auto') {
    try {
      return { payload: utf8.decode(body), payload_encoding: 'string' };
    } catch {
      // Not UTF-8.
    }
  }
  return { payload: body.toString('base64'), payload_encoding: 'base64' };
}

const testQueue = 'aliveness-test';

/** Declares a queue, sends a message through it and takes it out, with the rights of the caller. */
async function testAliveness(visit: Visit): Promise<RabbitAnswer> {
  const { call, caller, vhost } = visit;
  caller.require('configure', 'queue', vhost, testQueue);
  mayPublish(visit, vhost, '', testQueue);
  caller.require('read', 'queue', vhost, testQueue);
  const options = { durable: true, autoDelete: false, arguments: {} };
  await runOperation(call, 'queue.declare', { vhost, queue: testQueue, ...options });
  const body = Buffer.from('test_message').toString('base64');
  await runOperation(call, 'publish', { vhost, exchange: '', routingKey: testQueue, properties: {}, body });
  const { messages } = await runOperation(call, 'queue.get', {
    ...{ vhost, queue: testQueue, count: 1, settle: 'acknowledge' },
  });
  if (messages.length === 1) return json({ status: 'ok' });
  throw new SluiceError('internal', 'the message of the test did not come back');
}

export const messageRoutes: readonly RabbitRoute[] = [
  post('/exchanges/{vhost}/{exchange}/publish', viewsVhost, publish, requestBytesMax),
  post(
    '/queues/{vhost}/{queue}/get',
    (visit) => {
      visit.caller.require('read', 'queue', visit.vhost, visit.path('queue'));
    },
    getMessages,
  ),
  get('/aliveness-test/{vhost}', viewsVhost, testAliveness),
];
