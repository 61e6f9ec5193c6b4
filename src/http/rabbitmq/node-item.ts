/** The one node as RabbitMQ shows it. Invariant: what is not measured, or only describes Erlang, is left out. */
import { availableParallelism } from 'node:os';
import { figureOf, nodeKind, seriesOf, type Sample } from '../../monitor/index.js';
import { ownEngine, type ServerStatus, type Services } from '../../operations/index.js';
import type { Item } from './columns.js';
import { exchangeTypes, likeRabbitmqVersion, nodeName } from './identity.js';
import { contextItems } from './listeners.js';

/** What was measured of the process, in the units of the catalogue. */
export interface NodeFigures {
  /** What measurements name it. */
  readonly node: string;
  /** By a series without `sluice_`; undefined: unknown. */
  figure(series: string): number | undefined;
}

/** Undefined: nothing is measured, or not yet. */
export function nodeFigures({ figures }: Pick<Services, 'figures'>): NodeFigures | undefined {
  for (const sample of figures?.latest(nodeKind.name) ?? []) {
    const [engine, node = ''] = sample.labels;
    if (engine !== ownEngine) continue;
    const kept: Sample = { ...sample, figures: sample.figures.slice() };
    return { node, figure: (series) => figureOf(kept, columnOf(series)) };
  }
  return undefined;
}

function columnOf(series: string): number {
  return seriesOf(nodeKind).findIndex(({ name }) => name === `sluice_${series}`);
}

/** Names and values without those that are unknown. */
function known(fields: Item): Item {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The node. `connections`: how many there are. */
export function nodeItem(
  status: ServerStatus,
  nowMs: number,
  connections: number,
  measured: NodeFigures | undefined,
): Item {
  const { alarms } = status;
  return {
    name: nodeName,
    type: 'disc',
    running: true,
    os_pid: String(status.pid),
    uptime: Math.round(nowMs - status.sinceMs),
    mem_used: status.residentBytes,
    ...known({ mem_limit: status.memoryLimitBytes }),
    mem_alarm: alarms.includes('memory'),
    mem_calculation_strategy: 'rss',
    ...known({ disk_free: status.diskFreeBytes, disk_free_limit: status.diskFreeLimitBytes }),
    disk_free_alarm: alarms.includes('disk'),
    ...known({
      fd_used: measured?.figure('process_open_descriptors'),
      fd_total: measured?.figure('process_descriptors_limit'),
    }),
    sockets_used: connections,
    rates_mode: 'basic',
    exchange_types: exchangeTypes,
    auth_mechanisms: [
      { name: 'PLAIN', description: 'SASL PLAIN authentication mechanism', enabled: true },
      { name: 'AMQPLAIN', description: 'QPid AMQPLAIN mechanism', enabled: true },
    ],
    applications: [
      { name: 'sluice', description: 'Sluice', version: status.version },
      { name: 'rabbit', description: 'The RabbitMQ release that is matched', version: likeRabbitmqVersion },
    ],
    enabled_plugins: ['rabbitmq_management'],
    db_dir: status.directory,
    config_files: status.configFile === undefined ? [] : [status.configFile],
    log_files: [],
    contexts: contextItems(status),
    partitions: [],
    cluster_links: [],
    processors: availableParallelism(),
  };
}

/**
 * What the memory of the process is made of, under RabbitMQ's names: `other_proc` is the heap of objects, `binary`
 * buffers outside of it, `other_system` the rest of what is resident.
 */
export function memoryItem({ residentBytes }: ServerStatus, measured: NodeFigures | undefined): Item {
  const heap = measured?.figure('process_heap_bytes');
  const binary = measured?.figure('process_external_memory_bytes');
  if (heap === undefined || binary === undefined)
    return { memory: { strategy: 'rss', total: { rss: residentBytes } } };
  const allocated = heap + binary;
  const rest = Math.max(0, residentBytes - allocated);
  return {
    memory: {
      ...{ other_proc: heap, binary, other_system: rest },
      ...{ strategy: 'rss', total: { erlang: allocated, rss: residentBytes, allocated } },
    },
  };
}
