/** A broker and its connections as sources of samples, the same for a server and for a program. */
import type { Broker } from '../broker/index.js';
import {
  connectionKind,
  consumerKind,
  EngineSource,
  QueueSource,
  RowSource,
  type EngineFigures,
  type ProbeFigures,
  type ReportedTask,
  type SampleSource,
  type VhostFigures,
} from '../monitor/index.js';
import type { Connections } from './services.js';

type Administration = Broker['administration'];

export interface MeasuredBroker {
  readonly broker: Broker;
  readonly connections: Connections;
  /** Browsers that are signed in; undefined: none can be. */
  readonly sessions?: (() => number | undefined) | undefined;
  /** Dead letters that were sent back since the process began; undefined: unknown. */
  readonly redriven?: (() => number | undefined) | undefined;
  /** The release of Sluice. */
  readonly version: string;
  /** What probe messages tell of it, where there are any. */
  readonly probe?: (() => ProbeFigures | undefined) | undefined;
  /** What those who enqueue and work on tasks report, where somebody adds it up. */
  readonly reportedTasks?: (() => Iterable<ReportedTask>) | undefined;
}

/** The name of the broker's own engine in labels. */
export const ownEngine = 'embedded';

const everyAlarm = ['memory', 'disk'] as const;

/** All that can be measured of it. */
export function brokerSources(measured: MeasuredBroker): SampleSource[] {
  const { administration } = measured.broker;
  const { measures } = administration;
  const queues = new QueueSource({
    engine: ownEngine,
    each: () => measures.eachQueue(),
    vhosts: () => vhostFigures(administration),
    latencies: () => measures.latencies(),
    taskOf: taskOfQueue,
    reportedTasks: measured.reportedTasks,
  });
  const engine = new EngineSource(ownEngine, () => ({ ...engineFigures(measured), totals: queues.totals }));
  return [queues, consumerSource(measures), connectionSource(measured.connections), engine];
}

/** Begins the names of queues that are one task's own (docs/formats/task.md). */
const taskQueuePrefix = 'sluice.tasks.';

function taskOfQueue(vhost: string, queue: string): string | undefined {
  const isTask = vhost === '/' && queue.startsWith(taskQueuePrefix);
  return isTask ? queue.slice(taskQueuePrefix.length) : undefined;
}

function vhostFigures(administration: Administration): ReadonlyMap<string, VhostFigures> {
  const { measures } = administration;
  const unroutable = measures.unroutable();
  return new Map(
    [...administration.retiredCounters()].map(([vhost, gone]) => [
      vhost,
      {
        gone,
        goneLatencies: measures.retiredLatencies.get(vhost),
        latencies: () => measures.latenciesOf(vhost),
        returned: unroutable.get(vhost)?.returned ?? 0,
        lost: unroutable.get(vhost)?.dropped ?? 0,
      },
    ]),
  );
}

function consumerSource(measures: Administration['measures']): SampleSource {
  return new RowSource({
    name: `consumers ${ownEngine}`,
    kind: consumerKind,
    each: () => measures.eachConsumer(),
    labels: ({ vhost, queue, identity }) => [ownEngine, vhost, queue, identity],
    revision: ({ revision }) => revision,
    figures: {
      consumer_messages_delivered_total: ({ delivered }) => delivered,
      consumer_messages_redelivered_total: ({ redelivered }) => redelivered,
      consumer_messages_acknowledged_total: ({ acknowledged }) => acknowledged,
      consumer_messages_rejected_total: ({ rejected }) => rejected,
      consumer_unacknowledged_messages: ({ unacknowledged }) => unacknowledged,
      // Without a limit there is none to tell.
      consumer_prefetch_limit: ({ prefetch }) => (prefetch === 0 ? undefined : prefetch),
      consumer_oldest_unacknowledged_age_seconds: ({ oldestUnacknowledgedMs }) =>
        oldestUnacknowledgedMs / 1_000,
    },
    latencies: { consumer_processing_seconds: ({ processing }) => processing },
  });
}

function connectionSource(connections: Connections): SampleSource {
  return new RowSource({
    name: `connections ${ownEngine}`,
    kind: connectionKind,
    each: () => connections.figures(),
    labels: ({ name }) => [ownEngine, name],
    figures: {
      connection_received_bytes_total: ({ receivedBytes }) => receivedBytes,
      connection_sent_bytes_total: ({ sentBytes }) => sentBytes,
      connection_channels: ({ channels }) => channels,
      connection_blocked: ({ isBlocked }) => (isBlocked ? 1 : 0),
      connection_unsent_bytes: ({ unsentBytes }) => unsentBytes,
      connection_messages_published_total: ({ published }) => published,
      connection_messages_delivered_total: ({ delivered }) => delivered,
      connection_messages_redelivered_total: ({ redelivered }) => redelivered,
      connection_messages_acknowledged_total: ({ acknowledged }) => acknowledged,
      connection_messages_rejected_total: ({ rejected }) => rejected,
    },
    latencies: { connection_confirm_seconds: ({ confirms }) => confirms },
  });
}

function engineFigures({
  broker,
  connections,
  sessions,
  redriven,
  version,
  probe,
}: MeasuredBroker): EngineFigures {
  const { administration, alarms, journal, pressure } = broker;
  const { syncs, batchBytes, appendedBytes: bytes, appendedRecords: records, ...stats } = journal.stats();
  const { segments, segmentBytes, liveBytes, unsyncedBytes, blockLoads, snapshots } = stats;
  const unroutable = [...administration.measures.unroutable().values()];
  return {
    connections: connections.count,
    sessions: sessions?.(),
    redriven: redriven?.(),
    churn: connections.churn,
    unroutable: unroutable.reduce((sum, { returned, dropped }) => sum + returned + dropped, 0),
    holdsPublishersBack: pressure,
    journal: {
      ...{ syncs, batchBytesMean: batchBytes.count === 0 ? undefined : batchBytes.mean, bytes, records },
      ...{ segments, segmentBytes, liveBytes, unsyncedBytes, blockLoads, snapshots },
    },
    alarms: Object.fromEntries(everyAlarm.map((alarm) => [alarm, alarms.has(alarm)])),
    version,
    probe: probe?.(),
  };
}
