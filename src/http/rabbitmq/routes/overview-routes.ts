/** `/api/overview` and what the server says of itself. */
import type { ExchangeRow } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { churnItem } from '../churn.js';
import { columnsOf, onlyColumns, type Item } from '../columns.js';
import { exchangeTypes, likeRabbitmqVersion, nodeName } from '../identity.js';
import { lengths, totalStats } from '../message-stats.js';
import { contextItems, listenerItems } from '../listeners.js';
import { withLengthSamples, withStatsSamples } from '../object-samples.js';
import { rowsOf, seenBy } from '../operation.js';
import {
  administers,
  anyone,
  done,
  get,
  json,
  monitors,
  post,
  put,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';
import { WordedRefusal } from '../refusal.js';
import { seenConnections, seenConsumers } from '../seen-connections.js';
import { vhostTotals, sumOf } from '../vhost-totals.js';

async function objectTotals(visit: Visit, queues: number): Promise<Item> {
  const connections = await seenConnections(visit);
  const exchanges = await rowsOf<ExchangeRow>(visit, 'exchange.list');
  const channels = connections.flatMap(({ channelList }) => channelList);
  return {
    channels: channels.length,
    connections: connections.length,
    consumers: (await seenConsumers(visit)).length,
    exchanges: exchanges.filter(seenBy(visit.caller)).length,
    queues,
  };
}

async function overview(visit: Visit): Promise<Item> {
  const totals = await vhostTotals(visit);
  const total = sumOf([...totals.values()]);
  const vhosts = [...totals.keys()];
  const isMonitor = visit.caller.holdsTag('monitor');
  const { figures, rates, queues } = total;
  const status = await runOperation(visit.call, 'status', {});
  return {
    management_version: likeRabbitmqVersion,
    rates_mode: 'basic',
    sample_retention_policies: { global: [600, 3_600, 28_800, 86_400], basic: [600, 3_600], detailed: [600] },
    exchange_types: exchangeTypes,
    product_name: 'Sluice',
    product_version: visit.source.version,
    rabbitmq_version: likeRabbitmqVersion,
    cluster_name: nodeName,
    disable_stats: false,
    enable_queue_totals: false,
    message_stats: withStatsSamples(visit, vhosts, totalStats(total)),
    ...(isMonitor ? { churn_rates: await churnItem(visit, 'msg_rates') } : {}),
    queue_totals: withLengthSamples(visit, vhosts, lengths(figures, rates)),
    object_totals: await objectTotals(visit, queues),
    statistics_db_event_queue: 0,
    node: nodeName,
    listeners: isMonitor ? listenerItems(status) : [],
    contexts: isMonitor
      ? contextItems(status).map((context) => ({ ...context, node: nodeName, ssl_opts: [] }))
      : [],
  };
}

export const overviewRoutes: readonly RabbitRoute[] = [
  get('/overview', anyone, async (visit) =>
    json(onlyColumns(await overview(visit), columnsOf(visit.query('columns')))),
  ),
  get('/whoami', anyone, ({ caller: { identity } }) => json({ name: identity.name, tags: identity.tags })),
  get('/cluster-name', anyone, () => json({ name: nodeName })),
  put('/cluster-name', administers, () => {
    throw new WordedRefusal('unsupported', 'bad_request', 'the name of a node is that of its machine');
  }),
  get('/extensions', anyone, () => json([])),
  get('/feature-flags', administers, () => json([])),
  get('/deprecated-features', monitors, () => json([])),
  get('/deprecated-features/used', monitors, () => json([])),
  // Queues have one home.
  post('/rebalance/queues', administers, () => done),
];
