/**
 * `/v1/engines`: the own engine and those beside it, their queues, and what can be done with them. Invariant: what is
 * unknown sorts last, whichever way.
 */
import { z } from 'zod';
import type { EngineQueueRow } from '../../operations/index.js';
import { changedAnswer, countAnswer, forecastAnswer } from '../api/answers.js';
import {
  engineAnswer,
  engineDetailAnswer,
  engineMessagesAnswer,
  engineQueueAnswer,
  engineQueueDetailAnswer,
  engineSearchAnswer,
  engineMoveAnswer,
} from '../api/engine-answers.js';
import { listRoute } from '../api/list-route.js';
import { inputOf, operationRoute, runOperation } from '../api/operation-route.js';
import { route, type Route } from '../api/route.js';
import { mayAct, mayPublishTo, monitors, type EngineQueueTarget } from './engine-rights.js';
import { content, encodedContent, requestBytesMax, type Content } from './published-content.js';
import { sortByFigure } from './queue-routes.js';

const tag = 'engines';
const path = '/v1/engines/{engine}';
const queuePath = `${path}/queues/{vhost}/{queue}`;
const queueList = listRoute<'engine.queue.list', EngineQueueRow>('engine.queue.list', {
  ...{ path: `${path}/queues`, summary: 'List the queues of an engine', tag, row: engineQueueAnswer },
  allow: monitors,
  sees: () => () => true,
  text: ({ name }) => name,
  key: ({ vhost, name }) => [vhost, name],
  sorts: {
    name: ({ name }) => name,
    vhost: ({ vhost }) => vhost,
    type: ({ type }) => type,
    ready: ({ ready }) => ready,
    unacknowledged: ({ unacknowledged }) => unacknowledged,
    delayed: ({ delayed }) => delayed,
    bytes: ({ bytes }) => bytes,
    consumers: ({ consumers }) => consumers,
    consumerCapacity: ({ consumerCapacity }) => consumerCapacity,
    published: ({ published }) => published,
    delivered: ({ delivered }) => delivered,
    acknowledged: ({ acknowledged }) => acknowledged,
    redelivered: ({ redelivered }) => redelivered,
    copies: ({ copies }) => copies,
  },
  furtherSort: sortByFigure,
});

const publish = route({
  ...{ method: 'POST', path: `${queuePath}/messages`, tag },
  summary: 'Publish a message to a queue of an engine; answers when it is durable',
  bodyBytesMax: requestBytesMax,
  input: inputOf('engine.queue.publish').extend(content) as unknown as z.ZodType<
    EngineQueueTarget & Content & { readonly contentType?: string | undefined }
  >,
  allow: (caller, target) => {
    mayPublishTo(caller, target, '', target.queue);
  },
  run: (call, { body, text, json, properties, ...target }) =>
    runOperation(call, 'engine.queue.publish', {
      ...target,
      ...encodedContent({ body, text, json, properties }),
    }),
});

const actTexts = ['peek', 'publish', 'purge', 'move', 'pause'].flatMap((act) => [
  `acts.${act}.limit`,
  `acts.${act}.reason`,
]);

export const engineRoutes: readonly Route[] = [
  listRoute('engine.list', {
    ...{ path: '/v1/engines', summary: 'List engines: the own one, and those beside it', tag },
    row: engineAnswer,
    rows: ({ engines }) => engines,
    allow: monitors,
    sees: () => () => true,
    text: ({ engine }) => engine,
    key: ({ engine }) => [engine],
    sorts: { engine: ({ engine }) => engine, ready: ({ ready }) => ready },
  }),
  operationRoute('engine.show', {
    ...{ method: 'GET', path, summary: 'Show an engine: nodes, copies of queues, capabilities', tag },
    answer: engineDetailAnswer,
    texts: ['capabilities[].limit'],
    allow: monitors,
  }),
  queueList,
  operationRoute('engine.queue.show', {
    ...{ method: 'GET', path: queuePath, summary: 'Show a queue of an engine, and what can be done', tag },
    answer: engineQueueDetailAnswer,
    texts: actTexts,
    allow: monitors,
  }),
  operationRoute('engine.queue.peek', {
    ...{ method: 'GET', path: `${queuePath}/messages`, tag },
    summary: 'See messages from the front; another engine takes them and gives them back',
    defaults: { count: 10 },
    answer: engineMessagesAnswer,
    collects: 'events',
    allow: mayAct('read'),
  }),
  operationRoute('engine.queue.search', {
    ...{ method: 'GET', path: `${queuePath}/messages/search`, tag },
    summary: 'Search the messages of a queue; of another engine those in front, taken and given back',
    defaults: { limit: 50, from: 0 },
    answer: engineSearchAnswer,
    allow: mayAct('read'),
  }),
  operationRoute('engine.queue.forecast', {
    ...{ method: 'GET', path: `${queuePath}/forecast`, tag, answer: forecastAnswer },
    summary: 'Tell how a queue grows, and when it reaches a limit',
    defaults: { over: 1_800, disk: false },
    allow: monitors,
  }),
  publish,
  operationRoute('engine.queue.purge', {
    ...{ method: 'POST', path: `${queuePath}/purge`, summary: 'Remove all ready messages', tag },
    answer: countAnswer,
    allow: mayAct('read'),
  }),
  operationRoute('engine.queue.move', {
    ...{ method: 'POST', path: `${queuePath}/move`, summary: 'Move messages to another queue', tag },
    answer: engineMoveAnswer,
    defaults: { count: 100 },
    allow: (caller, target) => {
      mayAct('read')(caller, target);
      mayPublishTo(caller, target, '', target.to);
    },
  }),
  operationRoute('engine.queue.pause', {
    ...{ method: 'POST', path: `${queuePath}/pause`, summary: 'Deliver nothing from now on', tag },
    answer: changedAnswer,
    allow: mayAct('configure'),
  }),
  operationRoute('engine.queue.resume', {
    ...{ method: 'POST', path: `${queuePath}/resume`, summary: 'Deliver again', tag },
    answer: changedAnswer,
    allow: mayAct('configure'),
  }),
];
