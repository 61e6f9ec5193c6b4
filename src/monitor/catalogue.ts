/**
 * Every metric of Sluice, by the kind of object that it is measured of: exporters, history and documentation are made
 * from this list. Invariant: numbers are never changed and never used again, as they stand in history files; a figure
 * that an engine cannot tell is unknown there, and absent from every view.
 */
import { engineKind } from './engine-kind.js';
import type { ObjectKind } from './metric.js';
import { alertKind, incidentKind, remedyKind, remedyStateKind } from './alert-kinds.js';
import { notificationKind, receiverKind } from './notification-kinds.js';
import { objectKind } from './object-kind.js';
import { totalRows } from './total-rows.js';

export { alertKind, engineKind, incidentKind, notificationKind, receiverKind, remedyKind, remedyStateKind };

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
    [7, 'messages_dropped', 'counter', 'messages', 'Messages that a limit of the queue removed.'],
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
      'none',
    ],
    [
      16,
      'oldest_message_age_seconds',
      'gauge',
      'seconds',
      'How long the oldest message has been in the queue.',
      'greatest',
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
      'least',
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
    [21, 'paused', 'gauge', 'boolean', '1 while an operator holds all deliveries back.'],
    [
      22,
      'messages_returned_again',
      'counter',
      'messages',
      'Failed deliveries of messages that had failed twice before.',
    ],
    [
      24,
      'message_end_to_end_seconds',
      'histogram',
      'seconds',
      'From the arrival of a message to its acknowledgement, over all its deliveries.',
    ],
    [23, 'dead_letters_lost', 'counter', 'messages', 'Dead-lettered messages that no queue took.'],
  ],
  { prefix: '', summedBy: 2 },
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
      'least',
    ],
    [9, 'wait_seconds', 'histogram', 'seconds', 'From the release of a task to its first attempt.'],
    [10, 'processing_seconds', 'histogram', 'seconds', 'What an attempt took.'],
    [11, 'response_seconds', 'histogram', 'seconds', 'From the release of a task to its end.'],
    [12, 'retried', 'counter', 'count', 'Attempts that failed and were to be made again.'],
    [13, 'cancelled', 'counter', 'count', 'Tasks that were cancelled.'],
    [14, 'missed', 'counter', 'count', 'Tasks that were given up, as their deadline had passed.'],
    [15, 'expired', 'counter', 'count', 'Tasks whose time to live ended before a worker had them.'],
    [
      16,
      'start_laxity_seconds',
      'gauge',
      'seconds',
      'The least time to spare with which an attempt began lately.',
      'least',
    ],
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
      'greatest',
    ],
    [6, 'processing_seconds', 'histogram', 'seconds', 'From delivery to acknowledgement by the consumer.'],
    [
      7,
      'messages_redelivered',
      'counter',
      'messages',
      'Messages handed to the consumer that had been before.',
    ],
    [8, 'messages_rejected', 'counter', 'messages', 'Messages that the consumer rejected or gave back.'],
  ],
  { summedBy: 2 },
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
    [6, 'messages_published', 'counter', 'messages', 'Messages that the client published.'],
    [7, 'messages_delivered', 'counter', 'messages', 'Messages handed to the client, each time.'],
    [8, 'messages_redelivered', 'counter', 'messages', 'Messages handed to the client that had been before.'],
    [9, 'messages_acknowledged', 'counter', 'messages', 'Messages that the client acknowledged.'],
    [10, 'messages_rejected', 'counter', 'messages', 'Messages that the client rejected or gave back.'],
    [
      11,
      'confirm_seconds',
      'histogram',
      'seconds',
      'From a publish to its confirm, timed for one at a time.',
    ],
  ],
  { summedBy: 1 },
);

/** What an engine has in each virtual host, all queues of it together. */
export const vhostKind = objectKind(
  'vhost',
  ['engine', 'vhost'],
  [
    [1, 'queues', 'gauge', 'count', 'Queues.'],
    [2, 'messages_unroutable_dropped', 'counter', 'messages', 'Messages that found no queue, and are gone.'],
    [
      3,
      'messages_unroutable_returned',
      'counter',
      'messages',
      'Messages that found no queue, and went back.',
    ],
    ...totalRows(4, 'vhost_', 'queues of the virtual host'),
  ],
  { prefix: '' },
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
    [10, 'process_external_memory_bytes', 'gauge', 'bytes', 'Memory of buffers outside the heap.'],
    [11, 'event_loop_busy_seconds', 'counter', 'seconds', 'Time in which the event loop did not wait.'],
    [12, 'start_time_seconds', 'gauge', 'seconds', 'When it came to be, in seconds since 1970.'],
    [13, 'memory_limit_bytes', 'gauge', 'bytes', 'Resident memory above which publishers are blocked.'],
    [14, 'disk_free_limit_bytes', 'gauge', 'bytes', 'Free space below which publishers are blocked.'],
  ],
  { prefix: '' },
);

/** Why an engine blocks those who publish. */
export const alarmKind = objectKind(
  'alarm',
  ['engine', 'alarm'],
  [[1, 'alarm', 'gauge', 'boolean', '1 while publishers are blocked for this reason.']],
  { prefix: '' },
);

/** Which release runs: always 1. */
export const releaseKind = objectKind(
  'release',
  ['engine', 'version'],
  [[1, 'build_info', 'gauge', 'boolean', 'The release, always 1.']],
  { prefix: '' },
);

/** The measuring itself, by what is measured from. */
export const measurementKind = objectKind(
  'measurement',
  ['source'],
  [
    [1, 'age_seconds', 'gauge', 'seconds', 'Since the source was last measured in full.'],
    [2, 'failures', 'counter', 'count', 'Times that the source could not be measured.'],
  ],
);

/** What sends figures elsewhere, by itself. */
export const exporterKind = objectKind(
  'exporter',
  ['exporter'],
  [
    [1, 'values_sent', 'counter', 'count', 'Values that were sent and taken.'],
    [
      2,
      'values_refused',
      'counter',
      'count',
      'Values that were sent and that the receiver has no place for.',
    ],
    [
      3,
      'values_dropped',
      'counter',
      'count',
      'Values that waited to be sent until there was no room for them.',
    ],
    [4, 'failures', 'counter', 'count', 'Times that sending failed.'],
    [5, 'waiting_bytes', 'gauge', 'bytes', 'Bytes of values that wait to be sent.'],
  ],
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
    [5, 'commits', 'counter', 'count', 'Commits, those too that moved nothing.'],
    [6, 'rewinds', 'counter', 'count', 'Commits that moved the offset back.'],
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
    [7, 'in_sync_replicas_min', 'gauge', 'count', 'Copies that must be in sync for a full acknowledgement.'],
    [8, 'in_sync_changes', 'counter', 'count', 'Times that a copy fell out of sync or came back.'],
    [9, 'replica_difference_bytes', 'gauge', 'bytes', 'Bytes that the copy furthest behind lacks.'],
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

/** Of engines that are logs: a group of consumers as a whole. */
export const consumerGroupKind = objectKind(
  'consumer_group',
  ['engine', 'group'],
  [
    [1, 'members', 'gauge', 'count', 'Consumers of the group.'],
    [2, 'rebalances', 'counter', 'count', 'Times that the partitions were dealt out anew.'],
    [3, 'subscriptions', 'gauge', 'count', 'Different subscriptions of its members: one is right.'],
  ],
);

/** Of engines that are logs: one node of the cluster, as the cluster tells of it. */
export const brokerNodeKind = objectKind(
  'broker_node',
  ['engine', 'node'],
  [
    [
      1,
      'handler_idle_ratio',
      'gauge',
      'ratio',
      'Share of the time in which request handlers had nothing to do.',
    ],
    [2, 'flush_seconds', 'histogram', 'seconds', 'What writing the log to disk took.'],
    [3, 'page_cache_lock_seconds', 'gauge', 'seconds', 'How long a write has held the page cache.'],
    [4, 'send_queue_wait_seconds', 'gauge', 'seconds', 'How long the first request in the send queue waits.'],
    [
      5,
      'half_message_age_seconds',
      'gauge',
      'seconds',
      'Age of the oldest message of an undecided transaction.',
    ],
  ],
);

/** Of engines that are logs: a directory in which a node keeps its log. */
export const logDirectoryKind = objectKind(
  'log_directory',
  ['engine', 'node', 'directory'],
  [
    [1, 'used_bytes', 'gauge', 'bytes', 'Bytes that lie in the directory.'],
    [2, 'size_bytes', 'gauge', 'bytes', 'Bytes that the disk of the directory holds.'],
  ],
);

/** All of them. */
export const catalogue: readonly ObjectKind[] = [
  ...[queueKind, taskKind, consumerKind, connectionKind, vhostKind, engineKind, nodeKind],
  ...[alarmKind, releaseKind, measurementKind, exporterKind, receiverKind, notificationKind],
  ...[alertKind, incidentKind, remedyKind, remedyStateKind],
  ...[partitionKind, partitionGroupKind, controllerKind],
  ...[consumerGroupKind, brokerNodeKind, logDirectoryKind],
];
