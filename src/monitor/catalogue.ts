/**
 * Every metric of Sluice, by the kind of object that it is measured of: exporters, history and documentation are made
 * from this list. Invariant: numbers are never changed and never used again, as they stand in history files; a figure
 * that an engine cannot tell is unknown there, and absent from every view.
 */
import type { Metric, MetricKind, MetricUnit, ObjectKind } from './metric.js';

type Row = readonly [id: number, name: string, kind: MetricKind, unit: MetricUnit, help: string];

function objectKind(
  name: string,
  labels: readonly string[],
  rows: readonly Row[],
  prefix = `${name}_`,
): ObjectKind {
  const metrics = rows.map(([id, short, kind, unit, help]): Metric => {
    const ending = kind === 'counter' ? '_total' : '';
    return { id, name: `sluice_${prefix}${short}${ending}`, help, unit, kind };
  });
  return { name, labels, metrics };
}

export const queueKind = objectKind(
  'queue',
  ['engine', 'vhost', 'queue'],
  [
    [1, 'messages_published', 'counter', 'messages', 'Messages that came to the queue.'],
    [2, 'messages_delivered', 'counter', 'messages', 'Messages handed to consumers, each time.'],
    [3, 'messages_acknowledged', 'counter', 'messages', 'Messages that consumers have done with.'],
    [4, 'messages_redelivered', 'counter', 'messages', 'Deliveries of messages that were delivered before.'],
    [5, 'messages_expired', 'counter', 'messages', 'Messages whose time to live ended in the queue.'],
    [6, 'messages_dead_lettered', 'counter', 'messages', 'Messages that went where failed messages go.'],
    [7, 'messages_dropped', 'counter', 'messages', 'Messages that a limit of the queue refused or removed.'],
    [8, 'messages_ready', 'gauge', 'messages', 'Messages that any consumer may have now.'],
    [9, 'messages_unacknowledged', 'gauge', 'messages', 'Messages that consumers hold.'],
    [10, 'messages_delayed', 'gauge', 'messages', 'Messages that wait for their time.'],
    [11, 'messages_gated', 'gauge', 'messages', 'Messages behind another of their key, or a limit.'],
    [12, 'messages_held', 'gauge', 'messages', 'Messages that wait for records to be written.'],
    [13, 'messages_bytes', 'gauge', 'bytes', 'Bytes of the bodies of all messages in the queue.'],
    [14, 'consumers', 'gauge', 'count', 'Consumers of the queue.'],
    [
      15,
      'consumer_capacity_ratio',
      'gauge',
      'ratio',
      'Share of the time in which a consumer could take more.',
    ],
    [
      16,
      'oldest_message_age_seconds',
      'gauge',
      'seconds',
      'How long the oldest message has been in the queue.',
    ],
    [
      17,
      'deadlines_missed',
      'counter',
      'messages',
      'Messages that were acknowledged, or ended, after their deadline.',
    ],
    [
      18,
      'least_laxity_seconds',
      'gauge',
      'seconds',
      'The least time that a waiting message has left before it has to start.',
    ],
    [
      19,
      'message_wait_seconds',
      'histogram',
      'seconds',
      'From the arrival of a message to its first delivery.',
    ],
    [
      20,
      'message_processing_seconds',
      'histogram',
      'seconds',
      'From the delivery of a message to its acknowledgement.',
    ],
  ],
  '',
);

export const taskKind = objectKind(
  'task',
  ['engine', 'task'],
  [
    [1, 'enqueued', 'counter', 'count', 'Tasks enqueued.'],
    [2, 'completed', 'counter', 'count', 'Tasks that ended well.'],
    [3, 'failed', 'counter', 'count', 'Tasks that failed for good.'],
    [4, 'attempts', 'counter', 'count', 'Attempts, the first of each task and its retries.'],
    [5, 'deadlines_missed', 'counter', 'count', 'Tasks that ended after their deadline.'],
    [6, 'running', 'gauge', 'count', 'Tasks that workers run.'],
    [7, 'queue_length', 'gauge', 'count', 'Tasks that wait, for whatever reason.'],
    [
      8,
      'least_laxity_seconds',
      'gauge',
      'seconds',
      'The least time that a waiting task has left before it has to start.',
    ],
    [9, 'wait_seconds', 'histogram', 'seconds', 'From the release of a task to its first attempt.'],
    [10, 'processing_seconds', 'histogram', 'seconds', 'What an attempt took.'],
    [11, 'response_seconds', 'histogram', 'seconds', 'From the release of a task to its end.'],
  ],
);

export const consumerKind = objectKind(
  'consumer',
  ['engine', 'vhost', 'queue', 'consumer'],
  [
    [1, 'messages_delivered', 'counter', 'messages', 'Messages handed to the consumer.'],
    [2, 'messages_acknowledged', 'counter', 'messages', 'Messages that the consumer has done with.'],
    [3, 'unacknowledged_messages', 'gauge', 'messages', 'Messages that the consumer holds.'],
    [4, 'prefetch_limit', 'gauge', 'messages', 'Messages that the consumer may hold.'],
    [
      5,
      'oldest_unacknowledged_age_seconds',
      'gauge',
      'seconds',
      'How long the consumer has held its oldest message.',
    ],
  ],
);

export const connectionKind = objectKind(
  'connection',
  ['engine', 'connection'],
  [
    [1, 'received_bytes', 'counter', 'bytes', 'Bytes that came from the client.'],
    [2, 'sent_bytes', 'counter', 'bytes', 'Bytes that went to the client.'],
    [3, 'channels', 'gauge', 'count', 'Channels that are open.'],
    [4, 'blocked', 'gauge', 'boolean', '1 while the client may not publish.'],
    [5, 'unsent_bytes', 'gauge', 'bytes', 'Bytes that wait for the client to read.'],
  ],
);

export const engineKind = objectKind(
  'engine',
  ['engine'],
  [
    [1, 'engine_up', 'gauge', 'boolean', '1 while the engine answers, 0 while it does not.'],
    [2, 'connections', 'gauge', 'count', 'Clients that are connected.'],
    [3, 'journal_sync_seconds', 'histogram', 'seconds', 'What making a batch durable took.'],
    [4, 'journal_batch_bytes', 'gauge', 'bytes', 'Mean size of a batch that was made durable.'],
    [5, 'journal_bytes', 'counter', 'bytes', 'Bytes appended to the journal.'],
    [6, 'journal_records', 'counter', 'count', 'Records appended to the journal.'],
    [7, 'journal_segments', 'gauge', 'count', 'Segments of the journal.'],
    [8, 'journal_segment_bytes', 'gauge', 'bytes', 'Bytes of all segments.'],
    [9, 'journal_live_bytes', 'gauge', 'bytes', 'Bytes of records that are still needed.'],
    [10, 'journal_unsynced_bytes', 'gauge', 'bytes', 'Bytes appended and not durable yet.'],
    [
      11,
      'probe_round_trip_seconds',
      'histogram',
      'seconds',
      'From the sending of a probe message to its receipt.',
    ],
    [12, 'probes_sent', 'counter', 'messages', 'Probe messages sent.'],
    [13, 'probes_lost', 'counter', 'messages', 'Probe messages that were confirmed and never came.'],
    [14, 'probes_duplicated', 'counter', 'messages', 'Probe messages that came more than once.'],
  ],
  '',
);

export const nodeKind = objectKind(
  'node',
  ['engine', 'node'],
  [
    [1, 'event_loop_delay_seconds', 'histogram', 'seconds', 'How late the event loop came to its timers.'],
    [2, 'process_resident_memory_bytes', 'gauge', 'bytes', 'Memory of the process.'],
    [3, 'process_heap_bytes', 'gauge', 'bytes', 'Memory that objects of the program take.'],
    [4, 'process_open_descriptors', 'gauge', 'count', 'Files and sockets that are open.'],
    [5, 'process_descriptors_limit', 'gauge', 'count', 'Files and sockets that may be open.'],
    [6, 'disk_free_bytes', 'gauge', 'bytes', 'Free space where the data lies.'],
    [7, 'disk_total_bytes', 'gauge', 'bytes', 'Size of the disk on which the data lies.'],
    [8, 'process_cpu_seconds', 'counter', 'seconds', 'Processor time that the process has used.'],
    [9, 'process_uptime_seconds', 'gauge', 'seconds', 'Since the process began.'],
  ],
  '',
);

/** Of engines that are logs (Kafka, RocketMQ): where a group of consumers stands in a partition. */
export const partitionGroupKind = objectKind(
  'partition_group',
  ['engine', 'topic', 'partition', 'group'],
  [
    [1, 'lag_messages', 'gauge', 'messages', 'Messages behind the end of the partition.'],
    [2, 'lag_seconds', 'gauge', 'seconds', 'Age of the first message that is not committed.'],
    [3, 'committed', 'counter', 'messages', 'How far the committed offset has moved.'],
    [4, 'commit_age_seconds', 'gauge', 'seconds', 'Since the committed offset last moved.'],
  ],
);

export const partitionKind = objectKind(
  'partition',
  ['engine', 'topic', 'partition'],
  [
    [1, 'appended', 'counter', 'messages', 'How far the end of the partition has moved.'],
    [2, 'retained_messages', 'gauge', 'messages', 'Messages from the start of the partition to its end.'],
    [3, 'replicas', 'gauge', 'count', 'Copies that the partition is to have.'],
    [4, 'in_sync_replicas', 'gauge', 'count', 'Copies that have all that is committed, the leader too.'],
    [
      5,
      'replica_difference_messages',
      'gauge',
      'messages',
      'How far the copy that is furthest behind stands behind the leader.',
    ],
    [6, 'has_leader', 'gauge', 'boolean', '1 while the partition has a leader.'],
  ],
);

export const controllerKind = objectKind(
  'controller',
  ['engine'],
  [
    [
      1,
      'active_controllers',
      'gauge',
      'count',
      'Nodes that hold themselves to be the controller: one is right.',
    ],
    [2, 'leaderless_partitions', 'gauge', 'count', 'Partitions without a leader.'],
    [
      3,
      'under_replicated_partitions',
      'gauge',
      'count',
      'Partitions with fewer copies in sync than they are to have.',
    ],
    [4, 'nodes', 'gauge', 'count', 'Nodes that the cluster counts as alive.'],
    [5, 'elections', 'counter', 'count', 'Changes of a leader.'],
  ],
);

/** All of them. */
export const catalogue: readonly ObjectKind[] = [
  ...[queueKind, taskKind, consumerKind, connectionKind, engineKind, nodeKind],
  ...[partitionKind, partitionGroupKind, controllerKind],
];
