/** The items of the template: those of the host, and the prototypes that discovery makes items of. */
import type { ItemKind, ItemSeries } from '../item-series.js';
import { itemKinds } from '../item-series.js';
import { labelMacro } from '../object-rows.js';
import {
  hostKeys,
  objectPrefix,
  tagsOf,
  templateNames,
  type ExportNode,
  type Transport,
} from './export-node.js';
import { stableUuid } from './stable-uuid.js';

const keptDays = { history: '7d', trends: '365d' } as const;
const noHistory = { history: '0', trends: '0' } as const;

const changePerSecond = { type: 'CHANGE_PER_SECOND', parameters: [''] } as const;

/** A figure that is unknown is not in the document, and then there is no value. */
function jsonPath(path: string): ExportNode {
  return { type: 'JSONPATH', parameters: [path], error_handler: 'DISCARD_VALUE' };
}

const fromDocument = { type: 'DEPENDENT', delay: '0', master_item: { key: hostKeys.figures } } as const;
const fromSender = { type: 'TRAP', delay: '0' } as const;

/** Where the value of an item comes from, and what Zabbix makes of it. */
function sourceOf(
  transport: Transport,
  path: string,
  steps: readonly ExportNode[],
): Record<string, ExportNode> {
  if (transport === 'http') return { ...fromDocument, preprocessing: [jsonPath(path), ...steps] };
  return steps.length === 0 ? fromSender : { ...fromSender, preprocessing: steps };
}

/** The prototype of one series of a kind. */
export function itemPrototype(transport: Transport, { kind }: ItemKind, item: ItemSeries): ExportNode {
  const { series, metric, key, title, units } = item;
  const isCounter = series.kind === 'counter';
  return {
    uuid: stableUuid(`${transport} item ${series.name}`),
    name: `${objectPrefix(kind.name)}: ${title}`,
    ...sourceOf(transport, `$.${kind.name}["{#ID}"].${series.name}`, isCounter ? [changePerSecond] : []),
    key: `${key}[{#ID}]`,
    value_type: 'FLOAT',
    ...keptDays,
    units,
    description: `${metric.help} ${series.name} of Sluice${isCounter ? ', as a rate' : ''}.`,
    ...(series.unit === 'boolean' ? { valuemap: { name: 'Sluice yes or no' } } : {}),
    tags: tagsOf({
      component: kind.name,
      ...Object.fromEntries(kind.labels.map((label) => [label, labelMacro(label)])),
    }),
  };
}

function masterItem(transport: Transport): ExportNode {
  return {
    uuid: stableUuid(`${transport} item ${hostKeys.figures}`),
    name: 'Sluice: figures',
    type: 'HTTP_AGENT',
    key: hostKeys.figures,
    delay: '{$SLUICE.INTERVAL}',
    ...noHistory,
    value_type: 'TEXT',
    authtype: 'BASIC',
    username: '{$SLUICE.USER}',
    password: '{$SLUICE.PASSWORD}',
    timeout: '15s',
    url: '{$SLUICE.URL}/v1/zabbix/figures',
    verify_peer: 'YES',
    verify_host: 'YES',
    follow_redirects: 'NO',
    description: 'Everything that is measured, in one document. All other items are taken from it.',
    tags: tagsOf({ component: 'raw' }),
  };
}

/** A measurement that does not move on is thrown away, so that its absence is seen. */
function measuredItem(transport: Transport): ExportNode {
  const onlyNew = { type: 'DISCARD_UNCHANGED', parameters: [''] };
  return {
    uuid: stableUuid(`${transport} item ${hostKeys.measured}`),
    name: 'Sluice: time of the newest measurement',
    ...sourceOf(transport, '$.measured', [onlyNew]),
    key: hostKeys.measured,
    ...keptDays,
    trends: '0',
    units: 'unixtime',
    description: 'When Sluice measured last. Nothing comes while it cannot be reached, or does not measure.',
    tags: tagsOf({ component: 'measurement' }),
    triggers: [staleTrigger(transport)],
  };
}

function staleTrigger(transport: Transport): ExportNode {
  return {
    uuid: stableUuid(`${transport} trigger stale`),
    expression: `nodata(/${templateNames[transport]}/${hostKeys.measured},{$SLUICE.STALE})=1`,
    name: 'Sluice: nothing new is measured',
    priority: 'HIGH',
    description: 'Sluice cannot be reached, or has stopped to measure. What its other items show is old.',
    tags: tagsOf({ scope: 'availability' }),
  };
}

/** Sums over what was discovered. */
const totals: readonly (readonly [series: string, title: string])[] = [
  ['sluice_messages_ready', 'messages ready in all queues'],
  ['sluice_messages_unacknowledged', 'messages unacknowledged in all queues'],
  ['sluice_messages_published_total', 'messages published a second'],
  ['sluice_messages_acknowledged_total', 'messages acknowledged a second'],
  ['sluice_messages_dead_lettered_total', 'messages dead-lettered a second'],
  ['sluice_deadlines_missed_total', 'deadlines missed a second'],
];

/** The key of the sum over all objects. */
export function totalKey(series: string): string {
  return `sluice.total[${series.replace(/^sluice_/, '')}]`;
}

function totalItem(transport: Transport, [series, title]: (typeof totals)[number]): ExportNode {
  const item = itemKinds.flatMap(({ items }) => items).find((each) => each.series.name === series)!;
  return {
    uuid: stableUuid(`${transport} total ${series}`),
    name: `Sluice: ${title}`,
    type: 'CALCULATED',
    key: totalKey(series),
    params: `sum(last_foreach(//${item.key}[*],5m))`,
    value_type: 'FLOAT',
    ...keptDays,
    units: item.units,
    description: 'The sum over all that was discovered and has had a value within five minutes.',
    tags: tagsOf({ component: 'total' }),
  };
}

/** Items of the host itself. */
export function hostItems(transport: Transport): readonly ExportNode[] {
  const master = transport === 'http' ? [masterItem(transport)] : [];
  return [...master, measuredItem(transport), ...totals.map((total) => totalItem(transport, total))];
}
