/** `/api/bindings`. Rights are those of the same AMQP methods. */
import { SluiceError } from '../../../kernel/index.js';
import type { BindingRow, ExchangeRow } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { mayBind } from '../../routes/topology-routes.js';
import { answerList, type Listing } from '../answer-list.js';
import { bindingItem, exchangeNamed, propertiesKey } from '../binding-item.js';
import { bindingRows, found, orNotFound, requireVhost, rowsOf, seenBy } from '../operation.js';
import {
  anyone,
  done,
  get,
  json,
  post,
  remove,
  viewsVhost,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

function listing(rows: readonly BindingRow[]): Listing<BindingRow> {
  return {
    rows: [rows],
    name: ({ source }) => source,
    order: ({ vhost, source, destinationKind, destination, routingKey }) => [
      ...[vhost, source, destinationKind, destination, routingKey],
    ],
    item: bindingItem,
    isPaged: false,
  };
}

/** The two ends that the path names; of a binding between exchanges both are exchanges. */
function ends(visit: Visit): Pick<BindingRow, 'destination' | 'destinationKind' | 'source' | 'vhost'> {
  const kind = visit.path('kind');
  if (kind !== 'q' && kind !== 'e') throw new SluiceError('not-found', 'Not Found');
  const destinationKind = kind === 'q' ? 'queue' : 'exchange';
  const given = visit.path('destination');
  return {
    vhost: visit.vhost,
    source: exchangeNamed(visit.path('source')),
    destination: destinationKind === 'queue' ? given : exchangeNamed(given),
    destinationKind,
  };
}

async function between(visit: Visit): Promise<BindingRow[]> {
  const { vhost, source, destination, destinationKind } = ends(visit);
  const rows = await bindingRows(visit, vhost);
  return rows.filter(
    (row) =>
      row.source === source && row.destination === destination && row.destinationKind === destinationKind,
  );
}

/** Both ends must stand for a list of what is between them. */
async function listBetween(visit: Visit): Promise<RabbitAnswer> {
  const { vhost, source, destination, destinationKind } = ends(visit);
  const exchanges = await rowsOf<ExchangeRow>(visit, 'exchange.list', { vhost });
  const isExchange = (name: string): boolean => exchanges.some((row) => row.name === name);
  if (!isExchange(source)) throw new SluiceError('not-found', 'Not Found');
  if (destinationKind === 'queue')
    await runOperation(visit.call, 'queue.show', { vhost, queue: destination });
  else if (!isExchange(destination)) throw new SluiceError('not-found', 'Not Found');
  return json((await between(visit)).map(bindingItem));
}

async function declareBinding(visit: Visit): Promise<RabbitAnswer> {
  const { fields } = visit;
  const binding = {
    ...ends(visit),
    routingKey: fields.text('routing_key') ?? '',
    arguments: fields.table('arguments'),
  };
  mayBind(visit.caller, binding);
  await requireVhost(visit);
  await orNotFound(() => runOperation(visit.call, 'binding.declare', binding));
  // As JSON keeps them: the key must be that of the list.
  const kept = (await between(visit)).find((row) => isSame(row, binding));
  const key = propertiesKey(kept ?? { ...binding, arguments: {} });
  return {
    kind: 'created',
    location: `${encodeURIComponent(binding.destination)}/${encodeURIComponent(key)}`,
  };
}

function isSame(
  row: BindingRow,
  { routingKey, arguments: table }: Pick<BindingRow, 'routingKey'> & { arguments: object },
): boolean {
  return (
    row.routingKey === routingKey &&
    propertiesKey(row) === propertiesKey({ routingKey, arguments: table as BindingRow['arguments'] })
  );
}

/** Clients name a key as it is in the list, or with its escapes already taken away. */
async function findBinding(visit: Visit): Promise<BindingRow> {
  const wanted = visit.path('key');
  const rows = await between(visit);
  const isNamed = (row: BindingRow): boolean => {
    const key = propertiesKey(row);
    return key === wanted || (Object.keys(row.arguments).length === 0 && row.routingKey === wanted);
  };
  return found(rows.find(isNamed));
}

const pair = '/bindings/{vhost}/e/{source}/{kind}/{destination}';

export const bindingRoutes: readonly RabbitRoute[] = [
  get('/bindings', anyone, async (visit) => {
    const rows = await bindingRows(visit);
    return answerList(visit, listing(rows.filter(seenBy(visit.caller))));
  }),
  get('/bindings/{vhost}', viewsVhost, async (visit) => {
    const rows = await bindingRows(visit, visit.vhost);
    return answerList(visit, listing(rows));
  }),
  get(pair, viewsVhost, listBetween),
  post(pair, viewsVhost, declareBinding),
  get(`${pair}/{key}`, viewsVhost, async (visit) => json(bindingItem(await findBinding(visit)))),
  remove(`${pair}/{key}`, viewsVhost, async (visit) => {
    const binding = await findBinding(visit);
    mayBind(visit.caller, binding);
    await runOperation(visit.call, 'binding.delete', binding);
    return done;
  }),
];
