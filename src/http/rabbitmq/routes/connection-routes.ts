/** `/api/connections`, `/api/channels`, `/api/consumers`. Everyone sees their own; whoever monitors sees all. */
import type { ConnectionDetail, ConsumerRow } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { answerList, type Listing } from '../answer-list.js';
import { channelItem, channelRows, consumerItems, type ChannelRow } from '../channel-item.js';
import { columnsOf, onlyColumns } from '../columns.js';
import { connectionItem } from '../connection-item.js';
import { withConnectionSamples } from '../object-samples.js';
import { found, requireVhost } from '../operation.js';
import {
  administers,
  anyone,
  done,
  get,
  json,
  remove,
  viewsVhost,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';
import { seenConnections, seenConsumers } from '../seen-connections.js';

const reasonLengthMax = 200;

function connectionList(
  { rates, call }: Visit,
  rows: readonly ConnectionDetail[],
): Listing<ConnectionDetail> {
  rates.want(call.services);
  return {
    rows: [rows],
    name: ({ name }) => name,
    order: ({ name }) => [name],
    item: (row) => connectionItem(row, rates.ofConnection(row.name)),
    isPaged: true,
  };
}

const channelList = (connections: readonly ConnectionDetail[]): Listing<ChannelRow> => ({
  rows: [connections.flatMap(channelRows)],
  name: ({ name }) => name,
  order: ({ name }) => [name],
  item: channelItem,
  isPaged: true,
});

async function consumerList(visit: Visit, vhost?: string): Promise<Listing<ConsumerRow>> {
  const itemOf = consumerItems(await seenConnections(visit));
  return {
    rows: [await seenConsumers(visit, vhost)],
    name: ({ tag }) => tag,
    order: ({ vhost: host, queue, tag }) => [host, queue, tag],
    item: itemOf,
    isPaged: false,
  };
}

async function inVhost(visit: Visit): Promise<ConnectionDetail[]> {
  await requireVhost(visit);
  return (await seenConnections(visit)).filter(({ vhost }) => vhost === visit.vhost);
}

/** Of one user's connections; whoever may not see them finds none. */
async function ofUser(visit: Visit): Promise<ConnectionDetail[]> {
  return (await seenConnections(visit)).filter(({ user }) => user === visit.path('user'));
}

async function findConnection(visit: Visit): Promise<ConnectionDetail> {
  return found((await seenConnections(visit)).find(({ name }) => name === visit.path('name')));
}

/** What the peer is told: a line of the header, cut to what AMQP can carry. */
function reasonOf(visit: Visit): string {
  return (visit.header('x-reason') ?? '').slice(0, reasonLengthMax) || 'Closed via management plugin';
}

async function close(visit: Visit, connections: readonly ConnectionDetail[]): Promise<void> {
  for (const { id, user } of connections) {
    if (user !== visit.actorName) administers(visit);
    await runOperation(visit.call, 'connection.close', { id, reason: reasonOf(visit) });
  }
}

async function showChannel(visit: Visit) {
  const rows = (await seenConnections(visit)).flatMap(channelRows);
  const row = found(rows.find(({ name }) => name === visit.path('name')));
  const consumers = (await seenConsumers(visit))
    .filter(({ connection, channel }) => `${connection} (${channel})` === row.name)
    .map(consumerItems([row.connection]));
  const item = { ...channelItem(row), consumer_details: consumers, deliveries: [], publishes: [] };
  return json(onlyColumns(item, columnsOf(visit.query('columns'))));
}

export const connectionRoutes: readonly RabbitRoute[] = [
  get('/connections', anyone, async (visit) =>
    answerList(visit, connectionList(visit, await seenConnections(visit))),
  ),
  get('/connections/{name}', anyone, async (visit) => {
    visit.rates.want(visit.call.services);
    const connection = await findConnection(visit);
    const item = connectionItem(connection, visit.rates.ofConnection(connection.name));
    const whole = await withConnectionSamples(visit, item);
    return json(onlyColumns(whole, columnsOf(visit.query('columns'))));
  }),
  remove('/connections/{name}', anyone, async (visit) => {
    await close(visit, [await findConnection(visit)]);
    return done;
  }),
  get('/connections/{name}/channels', anyone, async (visit) =>
    json(channelRows(await findConnection(visit)).map(channelItem)),
  ),
  get('/connections/username/{user}', anyone, async (visit) =>
    answerList(visit, connectionList(visit, await ofUser(visit))),
  ),
  remove('/connections/username/{user}', anyone, async (visit) => {
    await close(visit, await ofUser(visit));
    return done;
  }),
  get('/vhosts/{vhost}/connections', viewsVhost, async (visit) =>
    answerList(visit, connectionList(visit, await inVhost(visit))),
  ),
  get('/vhosts/{vhost}/channels', viewsVhost, async (visit) =>
    answerList(visit, channelList(await inVhost(visit))),
  ),
  get('/channels', anyone, async (visit) => answerList(visit, channelList(await seenConnections(visit)))),
  get('/channels/{name}', anyone, showChannel),
  get('/consumers', anyone, async (visit) => answerList(visit, await consumerList(visit))),
  get('/consumers/{vhost}', viewsVhost, async (visit) => {
    await requireVhost(visit);
    return answerList(visit, await consumerList(visit, visit.vhost));
  }),
];
