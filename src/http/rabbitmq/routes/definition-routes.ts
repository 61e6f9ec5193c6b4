/** `/api/definitions`, for administrators: export and import of everything, or of one virtual host. */
import { definitionsPieces } from '../../../definitions/index.js';
import { SluiceError } from '../../../kernel/index.js';
import type { OperationMessage } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { exportDocument } from '../../routes/server-routes.js';
import type { Item } from '../columns.js';
import { likeRabbitmqVersion, nodeName } from '../identity.js';
import { requireVhost } from '../operation.js';
import {
  administers,
  done,
  get,
  json,
  post,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

const documentBytesMax = 8 * 1_048_576;
/** Problems told in the reason of a refusal. */
const problemsTold = 3;

const description = {
  rabbit_version: likeRabbitmqVersion,
  rabbitmq_version: likeRabbitmqVersion,
  product_name: 'Sluice',
};

async function exportAll({ call, source }: Visit): Promise<RabbitAnswer> {
  const document = await exportDocument(call, undefined);
  return json({
    parameters: [],
    global_parameters: [],
    ...document,
    ...description,
    product_version: source.version,
    original_cluster_name: nodeName,
  });
}

/** Of one virtual host the items do not name it, so that they can be imported into another. */
async function exportVhost(visit: Visit): Promise<RabbitAnswer> {
  await requireVhost(visit);
  const document = await exportDocument(visit.call, visit.vhost);
  const kinds = ['parameters', 'policies', 'queues', 'exchanges', 'bindings'];
  const items = kinds.map((kind) => [kind, withoutVhost(document[kind])]);
  return json({
    ...description,
    product_version: visit.source.version,
    original_vhost_name: visit.vhost,
    ...(Object.fromEntries(items) as Item),
  });
}

function withoutVhost(items: unknown): Item[] {
  return ((items ?? []) as Item[]).map((item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'vhost')),
  );
}

/** What can be taken is taken; a refusal tells what was not. */
async function importInto(visit: Visit, document: Item, vhost: string): Promise<RabbitAnswer> {
  const messages = definitionsPieces(document) as Iterable<OperationMessage<'definitions.import'>>;
  const report = await runOperation(visit.call, 'definitions.import', { vhost, dryRun: false }, { messages });
  const refused = report.problems.filter(({ outcome }) => outcome === 'failed');
  if (refused.length === 0) return done;
  const told = refused.slice(0, problemsTold).map(({ item, reason }) => `${item}: ${reason}`);
  const more = refused.length > problemsTold ? `; and ${refused.length - problemsTold} more` : '';
  throw new SluiceError('bad-input', `imported, but for ${told.join('; ')}${more}`);
}

async function importVhost(visit: Visit): Promise<RabbitAnswer> {
  await requireVhost(visit);
  const { vhost } = visit;
  const entries = Object.entries(visit.fields.all).map(([kind, items]) => [
    kind,
    Array.isArray(items) ? items.map((item: unknown) => placed(item, vhost)) : items,
  ]);
  return importInto(visit, Object.fromEntries(entries) as Item, vhost);
}

function placed(item: unknown, vhost: string): unknown {
  return typeof item === 'object' && item !== null ? { ...item, vhost } : item;
}

export const definitionRoutes: readonly RabbitRoute[] = [
  get('/definitions', administers, exportAll),
  get('/all-configuration', administers, exportAll),
  post('/definitions', administers, (visit) => importInto(visit, visit.fields.all, '/'), documentBytesMax),
  post(
    '/all-configuration',
    administers,
    (visit) => importInto(visit, visit.fields.all, '/'),
    documentBytesMax,
  ),
  get('/definitions/{vhost}', administers, exportVhost),
  post('/definitions/{vhost}', administers, importVhost, documentBytesMax),
];
