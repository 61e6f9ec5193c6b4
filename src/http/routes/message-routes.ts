/**
 * Messages in queues: seen, published, released, removed, dead-lettered. Invariant: whoever may consume from a queue may
 * see and remove its messages, and nobody else.
 */
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import { changedAnswer, messagesAnswer } from '../api/answers.js';
import { foundMessageAnswer, moveAnswer, searchAnswer } from '../api/message-answers.js';
import { operationRoute, runOperation } from '../api/operation-route.js';
import { route, type Call, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';
import {
  bodyBytesMax,
  content,
  encodedContent,
  exchangeNamed,
  nameOf,
  requestBytesMax,
  type Content,
  type Published,
} from './published-content.js';
import { mayRead } from './queue-routes.js';

const tag = 'messages';
const messages = '/v1/queues/{vhost}/{queue}/messages';
const message = `${messages}/{position}`;
function mayPublish(caller: Caller, vhost: string, exchange: string, routingKey: string): void {
  caller.require('write', 'exchange', vhost, exchange);
  caller.requireTopic('write', vhost, exchange, routingKey);
}

async function publish(
  call: Call,
  where: Pick<Published, 'vhost' | 'exchange' | 'routingKey'>,
  given: Content,
) {
  return runOperation(call, 'publish', { ...where, ...encodedContent(given) });
}

const publishRoutes: readonly Route[] = [
  route({
    ...{
      method: 'POST',
      path: messages,
      summary: 'Publish a message to a queue; answers when it is durable',
      tag,
    },
    bodyBytesMax: requestBytesMax,
    input: z.strictObject({ vhost: nameOf('vhost'), queue: nameOf('routingKey'), ...content }),
    allow: (caller, { vhost, queue }) => {
      mayPublish(caller, vhost, '', queue);
    },
    async run(call, { vhost, queue, ...given }) {
      const outcome = await publish(call, { vhost, exchange: '', routingKey: queue }, given);
      if (outcome.routed) return outcome;
      throw new SluiceError('not-found', `there is no queue '${queue}' in vhost '${vhost}'`);
    },
  }),
  route({
    ...{ method: 'POST', path: '/v1/exchanges/{vhost}/{exchange}/messages', tag },
    summary:
      'Publish a message to an exchange (amq.default: the default one); routed: whether a queue took it',
    bodyBytesMax: requestBytesMax,
    input: z.strictObject({
      vhost: nameOf('vhost'),
      exchange: nameOf('exchange'),
      routingKey: nameOf('routingKey').default(''),
      ...content,
    }),
    allow: (caller, { vhost, exchange, routingKey }) => {
      mayPublish(caller, vhost, exchangeNamed(exchange), routingKey);
    },
    run: (call, { vhost, exchange, routingKey, ...given }) =>
      publish(call, { vhost, exchange: exchangeNamed(exchange), routingKey }, given),
  }),
];

const oneMessage = z.strictObject({
  vhost: nameOf('vhost'),
  queue: nameOf('routingKey'),
  position: z.int().min(0),
});

export const messageRoutes: readonly Route[] = [
  operationRoute('queue.peek', {
    ...{ method: 'GET', path: messages, summary: 'See messages from the front without taking them', tag },
    defaults: { count: 10 },
    answer: messagesAnswer,
    collects: 'events',
    allow: mayRead,
  }),
  ...publishRoutes,
  operationRoute('queue.delayed.list', {
    ...{
      method: 'GET',
      path: '/v1/queues/{vhost}/{queue}/delayed',
      summary: 'See delayed messages, soonest first',
    },
    ...{ tag, answer: messagesAnswer, collects: 'events' },
    defaults: { count: 10 },
    allow: mayRead,
  }),
  operationRoute('queue.delayed.cancel', {
    ...{
      method: 'DELETE',
      path: '/v1/queues/{vhost}/{queue}/delayed/{position}',
      summary: 'Cancel a delayed message',
    },
    tag,
    allow: mayRead,
  }),
  operationRoute('queue.release', {
    ...{
      method: 'POST',
      path: `${message}/release`,
      summary: 'End the delay of a message, or its waiting',
      tag,
    },
    answer: changedAnswer,
    allow: mayRead,
  }),
  operationRoute('queue.search', {
    ...{ method: 'GET', path: `${messages}/search`, tag },
    summary: 'Search the messages, so many at a time: next is where to go on',
    defaults: { limit: 50, from: 0 },
    answer: searchAnswer,
    allow: mayRead,
  }),
  operationRoute('queue.message', {
    ...{ method: 'GET', path: `${message}/content`, tag },
    summary: 'See one message, whoever has it, with a part of its body',
    defaults: { from: 0, bytes: bodyBytesMax },
    answer: foundMessageAnswer,
    allow: mayRead,
  }),
  operationRoute('queue.move', {
    ...{ method: 'POST', path: '/v1/queues/{vhost}/{queue}/move', tag },
    summary: 'Move messages to another queue, each in one step, so many at a time: next is where to go on',
    defaults: { count: 10_000, from: 0, dryRun: false },
    answer: moveAnswer,
    allow: (caller, input) => {
      mayRead(caller, input);
      mayPublish(caller, input.vhost, '', input.to);
    },
  }),
  operationRoute('queue.why', {
    ...{
      method: 'GET',
      path: `${message}/why`,
      summary: 'Say why a message waits, and what goes before it',
      tag,
    },
    allow: mayRead,
  }),
  route({
    ...{ method: 'GET', path: message, summary: 'Say what a message is doing', tag },
    input: oneMessage,
    allow: mayRead,
    async run(call, { vhost, queue, position }) {
      const { message: found } = await runOperation(call, 'queue.find', {
        vhost,
        queue,
        message: { position },
      });
      if (found !== undefined) return found;
      throw new SluiceError('not-found', `there is no message ${position} in queue '${queue}'`);
    },
  }),
  route({
    ...{ method: 'DELETE', path: message, summary: 'Remove a message that nobody has', tag },
    input: oneMessage,
    allow: mayRead,
    run: (call, { vhost, queue, position }) =>
      runOperation(call, 'queue.remove', { vhost, queue, message: { position } }),
  }),
  route({
    ...{
      method: 'POST',
      path: `${message}/dead-letter`,
      summary: 'Send a message where failed ones go',
      tag,
    },
    input: oneMessage.extend({
      to: nameOf('routingKey').optional(),
      reason: z.string().min(1).max(8_000),
    }),
    allow: (caller, input) => {
      mayRead(caller, input);
      if (input.to !== undefined) mayPublish(caller, input.vhost, '', input.to);
    },
    run: (call, { position, ...given }) =>
      runOperation(call, 'queue.dead-letter', { ...given, message: { position } }),
  }),
];
