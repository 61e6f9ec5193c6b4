/** What is told of an engine as a whole: its health, nodes, copies of queues, and what it can do. Pure. */
import { capabilityNames, type Capabilities, type CapabilityName } from '../engines/index.js';
import { catalogue, queueKind, seriesOf, type Monitor, type Sample } from '../monitor/index.js';
import { ownEngine } from './broker-sources.js';
import type { EngineBeside, EngineNode, EngineQueue, EngineState, FoundKind } from './engines-beside.js';

/** One engine, as listed. Moments are Unix ms. */
export interface EngineRow {
  readonly engine: string;
  /** Undefined: it has not answered yet. */
  readonly kind: FoundKind | undefined;
  readonly address: string;
  readonly management: string | undefined;
  readonly version: string | undefined;
  /** Whether it answers; undefined: it was not asked yet. */
  readonly isUp: boolean | undefined;
  /** Since when it answers, or does not. */
  readonly sinceMs: number | undefined;
  readonly triedMs: number | undefined;
  readonly problem: { readonly text: string; readonly atMs: number } | undefined;
  readonly isProbed: boolean;
  /** Share of the time in which probe messages came back, since this server started; undefined: unknown. */
  readonly availability: number | undefined;
  readonly nodes: number | undefined;
  readonly nodesRunning: number | undefined;
  readonly queues: number | undefined;
  /** Of all queues. */
  readonly ready: number | undefined;
  readonly connections: number | undefined;
  /** Reasons for which publishers are blocked now. */
  readonly alarms: readonly string[] | undefined;
  /** The engine's series of the catalogue; those that are known. */
  readonly figures: Readonly<Record<string, number>>;
}

/** How far an engine has one part of the port. */
export interface CapabilityRow {
  readonly name: CapabilityName;
  readonly kind: 'native' | 'emulated' | 'none';
  /** Of an emulated one, what it does not do; of one that is not there, why. */
  readonly limit: string | undefined;
}

export interface ReplicaRow {
  readonly vhost: string;
  readonly queue: string;
  readonly node: string;
  readonly role: 'leader' | 'follower';
  readonly inSync: boolean | undefined;
}

/** One engine in full. */
export interface EngineDetail extends EngineRow {
  readonly capabilities: readonly CapabilityRow[];
  readonly nodeList: readonly EngineNode[];
  /** Copies of queues that have several. */
  readonly replicas: readonly ReplicaRow[];
  /** Copies that were left out: more than a page takes. */
  readonly replicasLeft: number;
}

/** Known values of a sample, by series. */
function valuesOf(kindName: string, { figures }: Sample): Record<string, number> {
  const kind = catalogue.find(({ name }) => name === kindName)!;
  const known: Record<string, number> = {};
  for (const [column, { name }] of seriesOf(kind).entries())
    if (!Number.isNaN(figures[column]!)) known[name] = figures[column]!;
  return known;
}

/** The newest values of each object of a kind, by the labels after the engine. */
export function newest(monitor: Monitor, kind: string, engine: string): Map<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>();
  for (const sample of monitor.latest(kind))
    if (sample.labels[0] === engine) found.set(sample.labels.slice(1).join('\0'), valuesOf(kind, sample));
  return found;
}

export function engineValues(monitor: Monitor | undefined, engine: string): Record<string, number> {
  return monitor === undefined ? {} : (newest(monitor, 'engine', engine).get('') ?? {});
}

const readyColumn = seriesOf(queueKind).findIndex(({ name }) => name === 'sluice_messages_ready');

/** Queues of the own engine, and what is ready in them; undefined: unknown. */
export function ownSums(monitor: Monitor | undefined): {
  readonly queues: number | undefined;
  readonly ready: number | undefined;
} {
  if (monitor === undefined) return { queues: undefined, ready: undefined };
  let [queues, ready] = [0, 0];
  for (const { labels, figures } of monitor.latest(queueKind.name)) {
    if (labels[0] !== ownEngine) continue;
    queues++;
    ready += figures[readyColumn] ?? NaN;
  }
  return { queues, ready: Number.isNaN(ready) ? undefined : ready };
}

/** Undefined: no probe tells. */
export function availabilityOf(values: Readonly<Record<string, number>>): number | undefined {
  const up = values['sluice_probe_up_seconds_total'];
  const down = values['sluice_probe_down_seconds_total'];
  return up === undefined || down === undefined || up + down === 0 ? undefined : up / (up + down);
}

export function besideRow(
  engine: EngineBeside,
  health: Pick<EngineRow, 'isUp' | 'sinceMs' | 'triedMs' | 'problem'>,
  state: EngineState | undefined,
  values: Readonly<Record<string, number>>,
): EngineRow {
  return {
    ...{ engine: engine.name, kind: engine.kind, address: engine.address, management: engine.management },
    version: state?.version,
    ...{ isUp: health.isUp, sinceMs: health.sinceMs, triedMs: health.triedMs, problem: health.problem },
    ...{ isProbed: engine.isProbed, availability: availabilityOf(values) },
    nodes: state?.nodes.length,
    nodesRunning: state?.nodes.filter(({ isRunning }) => isRunning).length,
    queues: state === undefined || state.hasMoreQueues ? undefined : state.queues.length,
    ready: state === undefined || state.hasMoreQueues ? undefined : readyOf(state.queues),
    connections: values['sluice_connections'],
    alarms: state === undefined ? undefined : alarmsOf(state.nodes),
    figures: values,
  };
}

function readyOf(queues: readonly EngineQueue[]): number | undefined {
  let sum = 0;
  for (const { ready } of queues) {
    if (ready === undefined) return undefined;
    sum += ready;
  }
  return sum;
}

function alarmsOf(nodes: readonly EngineNode[]): readonly string[] {
  return (['memory', 'disk'] as const).filter((name) => nodes.some(({ alarms }) => alarms[name] === true));
}

/** Nodes of the own engine, from what is measured of the process. */
export function ownNodes(monitor: Monitor, alarms: readonly string[]): readonly EngineNode[] {
  return [...newest(monitor, 'node', ownEngine)].map(([name, values]) => ({
    ...{ name, isRunning: true },
    residentBytes: values['sluice_process_resident_memory_bytes'],
    memoryLimitBytes: values['sluice_memory_limit_bytes'],
    openDescriptors: values['sluice_process_open_descriptors'],
    descriptorsMax: values['sluice_process_descriptors_limit'],
    diskFreeBytes: values['sluice_disk_free_bytes'],
    diskFreeLimitBytes: values['sluice_disk_free_limit_bytes'],
    uptimeSeconds: values['sluice_process_uptime_seconds'],
    alarms: { memory: alarms.includes('memory'), disk: alarms.includes('disk') },
    partitions: [],
  }));
}

export function capabilityRows(capabilities: Capabilities | undefined): readonly CapabilityRow[] {
  if (capabilities === undefined) return [];
  return capabilityNames.map((name) => {
    const found = capabilities[name];
    const limit = found.kind === 'emulated' ? found.limit : found.kind === 'none' ? found.reason : undefined;
    return { name, kind: found.kind, limit };
  });
}

const replicasMax = 500;

/** Those that are out of sync first, as many as a page takes. */
export function replicaRows(queues: readonly EngineQueue[]): Pick<EngineDetail, 'replicas' | 'replicasLeft'> {
  const rows = queues.flatMap(({ vhost, name, copies }) =>
    copies.map((copy): ReplicaRow => ({ vhost, queue: name, ...copy })),
  );
  rows.sort((a, b) => Number(a.inSync !== false) - Number(b.inSync !== false));
  return { replicas: rows.slice(0, replicasMax), replicasLeft: Math.max(0, rows.length - replicasMax) };
}
