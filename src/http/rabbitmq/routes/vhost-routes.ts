/** `/api/vhosts`. Whoever makes a virtual host may do everything in it, as in RabbitMQ. */
import { SluiceError } from '../../../kernel/index.js';
import { runOperation } from '../../api/operation-route.js';
import { answerList, short } from '../answer-list.js';
import { columnsOf, onlyColumns, type Item } from '../columns.js';
import { nodeName } from '../identity.js';
import { lengths, totalStats } from '../message-stats.js';
import { withLengthSamples, withStatsSamples } from '../object-samples.js';
import { found, requireVhost } from '../operation.js';
import {
  administers,
  anyone,
  createdIf,
  done,
  get,
  json,
  put,
  remove,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';
import { vhostTotals, type VhostTotal } from '../vhost-totals.js';

function vhostItem(visit: Visit, name: string, total: VhostTotal): Item {
  const { figures, rates } = total;
  const { description, tags } = visit.call.services.broker.administration.vhostSettings(name);
  return {
    cluster_state: { [nodeName]: 'running' },
    default_queue_type: 'classic',
    description,
    message_stats: withStatsSamples(visit, [name], totalStats(total)),
    ...withLengthSamples(visit, [name], lengths(figures, rates)),
    metadata: { description, tags },
    name,
    tags,
    tracing: false,
  };
}

async function items(visit: Visit): Promise<Item[]> {
  const totals = await vhostTotals(visit);
  return [...totals].map(([name, total]) => vhostItem(visit, name, total));
}

/** Tags come as a list, or as a text with commas; none: they stay as they are. */
function tagsOf(given: unknown): string[] | undefined {
  if (given === undefined) return undefined;
  const tags: unknown[] =
    typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : [given];
  return tags
    .map((tag) => {
      if (typeof tag !== 'string') throw new SluiceError('bad-input', 'tags: not a list of texts');
      return tag.trim();
    })
    .filter((tag) => tag !== '');
}

/** What would change behaviour is refused. */
function refuseUnknown({ fields }: Visit): void {
  if (fields.flag('tracing', false)) throw new SluiceError('unsupported', 'tracing is not supported');
  const type = fields.text('default_queue_type') ?? 'classic';
  if (['', 'classic', 'undefined', 'rabbit_classic_queue'].includes(type)) return;
  throw new SluiceError('unsupported', 'default_queue_type: give x-queue-type to each queue');
}

async function addVhost(visit: Visit) {
  const { call, vhost, fields } = visit;
  refuseUnknown(visit);
  const [description, tags] = [fields.text('description'), tagsOf(fields.get('tags'))];
  const { created } = await runOperation(call, 'vhost.add', { vhost });
  if (description !== undefined || tags !== undefined)
    await runOperation(call, 'vhost.set', { vhost, description, tags });
  if (created) {
    const everything = { configure: '.*', write: '.*', read: '.*' };
    await runOperation(call, 'permissions.set', { user: visit.actorName, vhost, ...everything });
  }
  return createdIf(created);
}

async function permissionsIn(visit: Visit, name: 'permissions.list' | 'topic-permissions.list') {
  await requireVhost(visit);
  const { permissions } = await runOperation(visit.call, name, { vhost: visit.vhost });
  return json(permissions);
}

export const vhostRoutes: readonly RabbitRoute[] = [
  get('/vhosts', anyone, async (visit) =>
    answerList(
      visit,
      short(
        await items(visit),
        (vhost) => vhost,
        ({ name }) => [String(name)],
      ),
    ),
  ),
  get('/vhosts/{vhost}', administers, async (visit) => {
    const item = found((await items(visit)).find(({ name }) => name === visit.vhost));
    return json(onlyColumns(item, columnsOf(visit.query('columns'))));
  }),
  put('/vhosts/{vhost}', administers, addVhost),
  remove('/vhosts/{vhost}', administers, async ({ call, vhost }) => {
    await runOperation(call, 'vhost.delete', { vhost });
    return done;
  }),
  get('/vhosts/{vhost}/permissions', administers, (visit) => permissionsIn(visit, 'permissions.list')),
  get('/vhosts/{vhost}/topic-permissions', administers, (visit) =>
    permissionsIn(visit, 'topic-permissions.list'),
  ),
];
