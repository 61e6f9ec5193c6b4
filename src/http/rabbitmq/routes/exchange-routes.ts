/** `/api/exchanges`. Rights are those of the same AMQP methods. */
import type { BindingRow, ExchangeRow } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { answerList, type Listing } from '../answer-list.js';
import { bindingItem, exchangeItem, exchangeNamed } from '../binding-item.js';
import { columnsOf, onlyColumns } from '../columns.js';
import { exchangeStats } from '../exchange-stats.js';
import { bindingRows, found, refuseUnknownVhost, rowsOf, seenBy } from '../operation.js';
import {
  anyone,
  createdIf,
  done,
  get,
  json,
  put,
  remove,
  viewsVhost,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

const path = '/exchanges/{vhost}/{exchange}';

function listing(visit: Visit, rows: readonly ExchangeRow[]): Listing<ExchangeRow> {
  const statsOf = exchangeStats(visit);
  return {
    rows: [rows],
    name: ({ name }) => name,
    order: ({ vhost, name }) => [vhost, name],
    item: (row) => exchangeItem(row, statsOf(row)),
    isPaged: true,
  };
}

const nameIn = (visit: Visit): string => exchangeNamed(visit.path('exchange'));

async function findExchange(visit: Visit): Promise<ExchangeRow | undefined> {
  const rows = await rowsOf<ExchangeRow>(visit, 'exchange.list', { vhost: visit.vhost });
  const name = nameIn(visit);
  return rows.find((row) => row.name === name);
}

function mayConfigure(visit: Visit): void {
  refuseUnknownVhost(visit);
  visit.caller.require('configure', 'exchange', visit.vhost, nameIn(visit));
}

async function declareExchange(visit: Visit) {
  const { call, caller, vhost, fields } = visit;
  const given = fields.table('arguments');
  const exchange = nameIn(visit);
  caller.requireTarget('exchange', vhost, exchange, given['alternate-exchange']);
  const stood = await findExchange(visit);
  await runOperation(call, 'exchange.declare', {
    vhost,
    exchange,
    type: fields.text('type') ?? 'direct',
    durable: fields.flag('durable', false),
    autoDelete: fields.flag('auto_delete', false),
    internal: fields.flag('internal', false),
    arguments: given,
  });
  return createdIf(stood === undefined);
}

async function bindingsOf(visit: Visit, matches: (row: BindingRow, exchange: string) => boolean) {
  const exchange = found(await findExchange(visit)).name;
  const rows = await bindingRows(visit, visit.vhost);
  return json(rows.filter((row) => matches(row, exchange)).map(bindingItem));
}

export const exchangeRoutes: readonly RabbitRoute[] = [
  get('/exchanges', anyone, async (visit) => {
    const rows = await rowsOf<ExchangeRow>(visit, 'exchange.list');
    return answerList(visit, listing(visit, rows.filter(seenBy(visit.caller))));
  }),
  get('/exchanges/{vhost}', viewsVhost, async (visit) => {
    const rows = await rowsOf<ExchangeRow>(visit, 'exchange.list', { vhost: visit.vhost });
    return answerList(visit, listing(visit, rows));
  }),
  get(path, viewsVhost, async (visit) => {
    const row = found(await findExchange(visit));
    const item = { ...exchangeItem(row, exchangeStats(visit)(row)), incoming: [], outgoing: [] };
    return json(onlyColumns(item, columnsOf(visit.query('columns'))));
  }),
  put(path, mayConfigure, declareExchange),
  remove(path, mayConfigure, async (visit) => {
    const { name: exchange, vhost } = found(await findExchange(visit));
    const ifUnused = visit.isSet('if-unused');
    await runOperation(visit.call, 'exchange.delete', { vhost, exchange, ifUnused });
    return done;
  }),
  get(`${path}/bindings/source`, viewsVhost, (visit) =>
    bindingsOf(visit, ({ source }, exchange) => source === exchange),
  ),
  get(`${path}/bindings/destination`, viewsVhost, (visit) =>
    bindingsOf(visit, (row, exchange) => row.destinationKind === 'exchange' && row.destination === exchange),
  ),
];
