/** The graphs of the template, and the dashboard that shows them. Invariant: a graph's items are items of the template. */
import { itemKey } from '../item-series.js';
import { objectPrefix, templateNames, type ExportNode, type Transport } from './export-node.js';
import { totalKey } from './items.js';
import { stableUuid } from './stable-uuid.js';

interface GraphPlan {
  /** Undefined: of the whole host. */
  readonly kind: string | undefined;
  readonly id: string;
  /** After the object's title. */
  readonly name: string;
  readonly series: readonly string[];
}

const graphPlans: readonly GraphPlan[] = [
  {
    kind: undefined,
    id: 'throughput',
    name: 'throughput',
    series: ['sluice_messages_published_total', 'sluice_messages_acknowledged_total'],
  },
  {
    kind: undefined,
    id: 'length',
    name: 'queue length',
    series: ['sluice_messages_ready', 'sluice_messages_unacknowledged'],
  },
  {
    kind: 'queue',
    id: 'length',
    name: 'queue length',
    series: ['sluice_messages_ready', 'sluice_messages_unacknowledged', 'sluice_messages_delayed'],
  },
  {
    kind: 'queue',
    id: 'throughput',
    name: 'throughput',
    series: [
      ...['sluice_messages_published_total', 'sluice_messages_delivered_total'],
      ...['sluice_messages_acknowledged_total', 'sluice_messages_redelivered_total'],
    ],
  },
  {
    kind: 'queue',
    id: 'latency',
    name: 'latency',
    series: [
      ...['sluice_message_wait_seconds_p50', 'sluice_message_wait_seconds_p99'],
      ...['sluice_message_processing_seconds_p50', 'sluice_message_processing_seconds_p99'],
      ...['sluice_message_end_to_end_seconds_p50', 'sluice_message_end_to_end_seconds_p99'],
    ],
  },
  {
    kind: 'task',
    id: 'throughput',
    name: 'throughput',
    series: ['sluice_task_enqueued_total', 'sluice_task_completed_total', 'sluice_task_failed_total'],
  },
  {
    kind: 'task',
    id: 'response',
    name: 'response time',
    series: [
      ...['sluice_task_response_seconds_p50', 'sluice_task_response_seconds_p99'],
      'sluice_task_processing_seconds_p50',
    ],
  },
  {
    kind: 'engine',
    id: 'sync',
    name: 'journal sync',
    series: ['sluice_journal_sync_seconds_p50', 'sluice_journal_sync_seconds_p99'],
  },
  {
    kind: 'node',
    id: 'memory',
    name: 'memory',
    series: ['sluice_process_resident_memory_bytes', 'sluice_process_heap_bytes'],
  },
  {
    kind: 'node',
    id: 'disk',
    name: 'disk',
    series: ['sluice_disk_free_bytes', 'sluice_disk_total_bytes'],
  },
];

/** Of Okabe and Ito: told apart by everyone. */
const colours = ['0072B2', 'E69F00', '009E73', 'D55E00'] as const;

const isOfHost = ({ kind }: GraphPlan): boolean => kind === undefined;

function nameOf({ kind, name }: GraphPlan): string {
  return kind === undefined ? `Sluice: ${name}` : `${objectPrefix(kind)}: ${name}`;
}

function graphOf(transport: Transport, plan: GraphPlan): ExportNode {
  const host = templateNames[transport];
  return {
    uuid: stableUuid(`${transport} graph ${plan.kind ?? 'host'} ${plan.id}`),
    name: nameOf(plan),
    graph_items: plan.series.map((series, index) => ({
      sortorder: String(index),
      color: colours[index % colours.length]!,
      item: { host, key: isOfHost(plan) ? totalKey(series) : `${itemKey(series)}[{#ID}]` },
    })),
  };
}

/** Graphs of the host itself. */
export function hostGraphs(transport: Transport): readonly ExportNode[] {
  return graphPlans.filter(isOfHost).map((plan) => graphOf(transport, plan));
}

/** Of each object of a kind. */
export function graphPrototypes(transport: Transport, kind: string): readonly ExportNode[] {
  return graphPlans.filter((plan) => plan.kind === kind).map((plan) => graphOf(transport, plan));
}

const dashboardColumns = 24;
const widgetRows = 5;

function widget(transport: Transport, plan: GraphPlan, row: number): ExportNode {
  const isPrototype = !isOfHost(plan);
  const type = isPrototype ? 'GRAPH_PROTOTYPE' : 'GRAPH';
  const columns: ExportNode[] = isPrototype
    ? [
        { type: 'INTEGER', name: 'columns', value: '2' },
        { type: 'INTEGER', name: 'rows', value: '1' },
      ]
    : [];
  return {
    type: isPrototype ? 'GRAPH_PROTOTYPE' : 'GRAPH_CLASSIC',
    x: '0',
    y: String(row * widgetRows),
    width: String(dashboardColumns),
    height: String(widgetRows),
    fields: [
      { type, name: 'graphid', value: { host: templateNames[transport], name: nameOf(plan) } },
      ...columns,
    ],
  };
}

const pages: readonly (readonly [name: string, kinds: readonly (string | undefined)[]])[] = [
  ['Overview', [undefined]],
  ['Queues', ['queue']],
  ['Tasks', ['task']],
  ['Engines and nodes', ['engine', 'node']],
];

/** One dashboard, a page for each matter. */
export function dashboard(transport: Transport): ExportNode {
  return {
    uuid: stableUuid(`${transport} dashboard`),
    name: 'Sluice',
    pages: pages.map(([name, kinds]) => ({
      name,
      widgets: graphPlans
        .filter(({ kind }) => kinds.includes(kind))
        .map((plan, row) => widget(transport, plan, row)),
    })),
  };
}
