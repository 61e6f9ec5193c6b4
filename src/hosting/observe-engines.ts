/**
 * Engines beside the own one, measured into the same catalogue. Invariant: what an engine does not tell is unknown;
 * while it does not answer, all of it is, but that it is down.
 */
import {
  ManagementClient,
  type ManagedConnection,
  type ManagedConsumer,
  type ManagedNode,
  type ManagedState,
  type ManagementBounds,
} from '../engines/rabbitmq/index.js';
import type { Clock } from '../kernel/index.js';
import {
  connectionKind,
  consumerKind,
  EngineSource,
  nodeKind,
  Polled,
  QueueSource,
  RowSource,
  type EngineFigures,
  type ProbeFigures,
  type SampleSource,
} from '../monitor/index.js';

/** RabbitMQ gathers its statistics every five seconds. */
const everyMs = 5_000;

/** Reads an engine when it is time; `managementUrl` holds user and password. */
export function polledEngine(
  managementUrl: string,
  clock: Clock,
  bounds: Partial<ManagementBounds> = {},
): Polled<ManagedState> {
  const client = new ManagementClient(managementUrl, bounds);
  return new Polled(clock, everyMs, () => client.read());
}

/** The sources of one engine by its management URL, which holds user and password; see `engineSources`. */
export function observedEngine(
  engine: string,
  managementUrl: string,
  clock: Clock,
  probe?: () => ProbeFigures,
  bounds: Partial<ManagementBounds> = {},
): SampleSource[] {
  return engineSources(engine, polledEngine(managementUrl, clock, bounds), probe);
}

/** The sources of one engine; `probe` tells what probe messages showed. */
export function engineSources(
  engine: string,
  polled: Polled<ManagedState>,
  probe?: () => ProbeFigures,
): SampleSource[] {
  const known = (): ManagedState | undefined => knownOf(polled);
  const queues = new QueueSource({
    engine,
    each: () => known()?.queues ?? [],
    unroutable: () => known()?.vhosts ?? new Map(),
    // While nothing is known there are not none.
    isWhole: () => known()?.hasMoreQueues === false,
  });
  return [
    new EngineSource(engine, () => {
      polled.poll();
      const told = polled.isUp === true ? { ...engineFigures(polled.current()), totals: queues.totals } : {};
      return { isUp: polled.isUp, probe: probe?.(), ...told };
    }),
    queues,
    nodeSource(engine, known),
    connectionSource(engine, known),
    consumerSource(engine, known),
  ];
}

type Known = () => ManagedState | undefined;

function nodeSource(engine: string, known: Known): SampleSource {
  return new RowSource<ManagedNode>({
    name: `nodes ${engine}`,
    kind: nodeKind,
    each: () => known()?.nodes.filter(({ isRunning }) => isRunning) ?? [],
    labels: ({ name }) => [engine, name],
    figures: {
      process_resident_memory_bytes: ({ residentBytes }) => residentBytes,
      memory_limit_bytes: ({ memoryLimitBytes }) => memoryLimitBytes,
      process_open_descriptors: ({ openDescriptors }) => openDescriptors,
      process_descriptors_limit: ({ descriptorsMax }) => descriptorsMax,
      disk_free_bytes: ({ diskFreeBytes }) => diskFreeBytes,
      disk_free_limit_bytes: ({ diskFreeLimitBytes }) => diskFreeLimitBytes,
      process_uptime_seconds: ({ uptimeSeconds }) => uptimeSeconds,
    },
  });
}

function connectionSource(engine: string, known: Known): SampleSource {
  return new RowSource<ManagedConnection>({
    name: `connections ${engine}`,
    kind: connectionKind,
    each: () => known()?.connections ?? [],
    labels: ({ name }) => [engine, name],
    figures: {
      connection_received_bytes_total: ({ receivedBytes }) => receivedBytes,
      connection_sent_bytes_total: ({ sentBytes }) => sentBytes,
      connection_channels: ({ channels }) => channels,
      connection_blocked: ({ isBlocked }) => (isBlocked === undefined ? undefined : Number(isBlocked)),
      connection_unsent_bytes: ({ unsentBytes }) => unsentBytes,
    },
  });
}

function consumerSource(engine: string, known: Known): SampleSource {
  return new RowSource<ManagedConsumer>({
    name: `consumers ${engine}`,
    kind: consumerKind,
    each: () => known()?.consumers ?? [],
    labels: ({ vhost, queue, identity }) => [engine, vhost, queue, identity],
    figures: {
      consumer_messages_delivered_total: ({ delivered }) => delivered,
      consumer_messages_acknowledged_total: ({ acknowledged }) => acknowledged,
      consumer_unacknowledged_messages: ({ unacknowledged }) => unacknowledged,
      // Without a limit there is none to tell.
      consumer_prefetch_limit: ({ prefetch }) => (prefetch === 0 ? undefined : prefetch),
    },
  });
}

/** Undefined until it was asked for the first time. */
function knownOf(polled: Polled<ManagedState>): ManagedState | undefined {
  return polled.isUp === undefined ? undefined : polled.current();
}

function engineFigures({
  connectionCount: connections,
  churn,
  unroutable: { returned, dropped },
  version,
  nodes,
}: ManagedState): EngineFigures {
  const known = nodes.filter(({ alarms }) => alarms.memory !== undefined && alarms.disk !== undefined);
  return {
    ...{ connections, churn, version },
    unroutable: returned === undefined || dropped === undefined ? undefined : returned + dropped,
    ...(known.length === 0
      ? {}
      : {
          alarms: {
            memory: known.some(({ alarms }) => alarms.memory === true),
            disk: known.some(({ alarms }) => alarms.disk === true),
          },
        }),
  };
}
