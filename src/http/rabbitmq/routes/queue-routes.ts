/** `/api/queues`: queues, declared, deleted, purged. Rights are those of the same AMQP methods. */
import { SluiceError } from '../../../kernel/index.js';
import type { ConnectionDetail, ConsumerRow, QueueRow } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { answerList, type Listing } from '../answer-list.js';
import { bindingItem } from '../binding-item.js';
import { consumerItems } from '../channel-item.js';
import { columnsOf, onlyColumns, type Item } from '../columns.js';
import { bindingRows, isThere, refuseUnknownVhost, rowsOf, seenBy } from '../operation.js';
import { queueItems, type QueueDetail } from '../queue-item.js';
import { withQueueSamples } from '../object-samples.js';
import {
  anyone,
  createdIf,
  done,
  get,
  json,
  post,
  put,
  remove,
  viewsVhost,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

const path = '/queues/{vhost}/{queue}';

const queueOf = (visit: Visit) => ({ vhost: visit.vhost, queue: visit.path('queue') });

function detailOf(visit: Visit): QueueDetail {
  return { hasStats: !visit.isSet('disable_stats'), hasTotals: visit.isSet('enable_queue_totals') };
}

function listing(visit: Visit, rows: readonly QueueRow[]): Listing<QueueRow> {
  const detail = detailOf(visit);
  if (detail.hasStats) visit.rates.want(visit.call.services);
  return {
    rows: [rows],
    name: ({ name }) => name,
    order: ({ vhost, name }) => [vhost, name],
    item: queueItems(visit.rates, detail, visit.call.services.broker.administration),
    isPaged: true,
  };
}

function mayConfigure(visit: Visit): void {
  refuseUnknownVhost(visit);
  visit.caller.require('configure', 'queue', visit.vhost, visit.path('queue'));
}

function mayRead(visit: Visit): void {
  visit.caller.require('read', 'queue', visit.vhost, visit.path('queue'));
}

/** Who sees the queue sees who consumes from it. */
async function consumersOf(visit: Visit): Promise<Item> {
  const { vhost, queue } = queueOf(visit);
  const rows = await rowsOf<ConsumerRow>(visit, 'consumer.list', { vhost });
  const connections = await rowsOf<ConnectionDetail>(visit, 'connection.details');
  const consumers = rows.filter((row) => row.queue === queue).map(consumerItems(connections));
  return { consumer_details: consumers, deliveries: [], incoming: [] };
}

async function showQueue(visit: Visit) {
  visit.rates.want(visit.call.services);
  const queue = await runOperation(visit.call, 'queue.show', queueOf(visit));
  const detail = detailOf(visit);
  const item = queueItems(visit.rates, detail, visit.call.services.broker.administration)(queue);
  const whole = detail.hasStats
    ? { ...(await withQueueSamples(visit, item)), ...(await consumersOf(visit)) }
    : item;
  return json(onlyColumns(whole, columnsOf(visit.query('columns'))));
}

async function declareQueue(visit: Visit) {
  const { call, caller, fields } = visit;
  const { vhost, queue } = queueOf(visit);
  const given = fields.table('arguments');
  caller.requireTarget('queue', vhost, queue, given['x-dead-letter-exchange']);
  const stood = await isThere(visit, 'queue.show', { vhost, queue });
  await runOperation(call, 'queue.declare', {
    vhost,
    queue,
    durable: fields.flag('durable', false),
    autoDelete: fields.flag('auto_delete', false),
    arguments: given,
  });
  return createdIf(!stood);
}

async function deleteQueue(visit: Visit) {
  const named = queueOf(visit);
  await runOperation(visit.call, 'queue.show', named);
  const conditions = { ifUnused: visit.isSet('if-unused'), ifEmpty: visit.isSet('if-empty') };
  await runOperation(visit.call, 'queue.delete', { ...named, ...conditions });
  return done;
}

async function bindingsOf(visit: Visit) {
  const { vhost, queue } = queueOf(visit);
  await runOperation(visit.call, 'queue.show', { vhost, queue });
  const rows = await bindingRows(visit, vhost);
  return json(
    rows.filter((row) => row.destinationKind === 'queue' && row.destination === queue).map(bindingItem),
  );
}

/** Mirrors, which the actions are about, are RabbitMQ's: there is nothing to synchronise. */
async function act(visit: Visit) {
  const action = visit.fields.requiredText('action');
  await runOperation(visit.call, 'queue.show', queueOf(visit));
  if (action === 'sync' || action === 'cancel_sync') return done;
  throw new SluiceError('bad-input', `unknown action: ${action.slice(0, 64)}`);
}

export const queueRoutes: readonly RabbitRoute[] = [
  get('/queues', anyone, async (visit) => {
    const rows = await rowsOf<QueueRow>(visit, 'queue.list');
    return answerList(visit, listing(visit, rows.filter(seenBy(visit.caller))));
  }),
  get('/queues/{vhost}', viewsVhost, async (visit) => {
    const rows = await rowsOf<QueueRow>(visit, 'queue.list', { vhost: visit.vhost });
    return answerList(visit, listing(visit, rows));
  }),
  get(path, viewsVhost, showQueue),
  put(path, mayConfigure, declareQueue),
  remove(path, mayConfigure, deleteQueue),
  get(`${path}/bindings`, viewsVhost, bindingsOf),
  remove(`${path}/contents`, mayRead, async (visit) => {
    await runOperation(visit.call, 'queue.purge', queueOf(visit));
    return done;
  }),
  post(`${path}/actions`, mayConfigure, act),
];
