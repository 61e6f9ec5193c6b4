/** `/v1/queues`: queues, declared and deleted, purged, paused. Rights are those of the same AMQP methods. */
import { isQueueFigure, sortedAs, type QueueFigures, type QueueRow } from '../../operations/index.js';
import { changedAnswer, forecastAnswer, countAnswer, queueAnswer } from '../api/answers.js';
import { listRoute, seenByVhost, viewsVhost } from '../api/list-route.js';
import { operationRoute } from '../api/operation-route.js';
import type { Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'queues';
const path = '/v1/queues/{vhost}/{queue}';

interface QueueName {
  readonly vhost: string;
  readonly queue: string;
}

/** What consuming needs. */
export function mayRead(caller: Caller, { vhost, queue }: QueueName): void {
  caller.require('read', 'queue', vhost, queue);
}

function mayConfigure(caller: Caller, { vhost, queue }: QueueName): void {
  caller.require('configure', 'queue', vhost, queue);
}

function seesVhost(caller: Caller, { vhost }: QueueName): void {
  caller.requireView(vhost);
}

/** A figure of queues as what a list is sorted by; undefined: there is none of that name. */
export function sortByFigure<Input extends { readonly figures?: string | undefined }>(
  name: string,
  input: Input,
): { input: Input; value: (row: { readonly figures?: QueueFigures }) => number | undefined } | undefined {
  if (!isQueueFigure(name)) return undefined;
  return {
    input: { ...input, figures: `${input.figures ?? ''},${name}` },
    value: ({ figures }) => sortedAs(figures?.[name]),
  };
}

const list = listRoute<'queue.list', QueueRow>('queue.list', {
  ...{ path: '/v1/queues', summary: 'List queues', tag, row: queueAnswer },
  allow: viewsVhost,
  sees: seenByVhost,
  text: ({ name }) => name,
  key: ({ vhost, name }) => [vhost, name],
  sorts: {
    name: ({ name }) => name,
    vhost: ({ vhost }) => vhost,
    ready: ({ ready }) => ready,
    unacknowledged: ({ unacknowledged }) => unacknowledged,
    delayed: ({ delayed }) => delayed,
    bytes: ({ bytes }) => bytes,
    consumers: ({ consumers }) => consumers,
    published: ({ published }) => published,
    delivered: ({ delivered }) => delivered,
    acknowledged: ({ acknowledged }) => acknowledged,
  },
  furtherSort: sortByFigure,
});

export const queueRoutes: readonly Route[] = [
  list,
  operationRoute('queue.show', {
    ...{ method: 'GET', path, summary: 'Show a queue', tag, answer: queueAnswer },
    allow: seesVhost,
  }),
  operationRoute('queue.forecast', {
    ...{ method: 'GET', path: `${path}/forecast`, tag, answer: forecastAnswer },
    summary: 'Tell how a queue grows, and when it reaches a limit',
    defaults: { over: 1_800, disk: false },
    allow: (caller, input) => {
      seesVhost(caller, input);
      if (input.disk) caller.requireTag('monitor');
    },
  }),
  operationRoute('queue.declare', {
    ...{ method: 'PUT', path, summary: 'Declare a queue, or check that it stands as declared', tag },
    defaults: { durable: true, autoDelete: false, arguments: {} },
    allow: (caller, input) => {
      mayConfigure(caller, input);
      const { vhost, queue, arguments: given } = input;
      caller.requireTarget('queue', vhost, queue, given['x-dead-letter-exchange']);
    },
  }),
  operationRoute('queue.delete', {
    ...{ method: 'DELETE', path, summary: 'Delete a queue with what is in it', tag, answer: countAnswer },
    defaults: { ifUnused: false, ifEmpty: false },
    allow: mayConfigure,
  }),
  operationRoute('queue.purge', {
    ...{ method: 'POST', path: `${path}/purge`, summary: 'Remove all ready messages', tag },
    answer: countAnswer,
    allow: mayRead,
  }),
  operationRoute('queue.pause', {
    ...{ method: 'POST', path: `${path}/pause`, summary: 'Deliver nothing from now on', tag },
    answer: changedAnswer,
    allow: mayConfigure,
  }),
  operationRoute('queue.resume', {
    ...{ method: 'POST', path: `${path}/resume`, summary: 'Deliver again', tag },
    answer: changedAnswer,
    allow: mayConfigure,
  }),
  operationRoute('queue.keys', {
    ...{ method: 'GET', path: `${path}/keys`, summary: 'List keys whose first message others wait for', tag },
    defaults: { count: 100 },
    collects: 'events',
    allow: mayRead,
  }),
];
