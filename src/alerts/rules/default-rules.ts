/**
 * The rules that are in force from the first start, as data; docs/alerts.md is made from it. Invariant: none of them
 * fires over a quiet week of bursts, deployments and nights: each needs something that no healthy system does for long.
 */
import type { RuleDefinition } from './rule.js';

/** A rule that comes with Sluice. */
export interface DefaultRule {
  readonly name: string;
  /** What it tells, and what to look at first. */
  readonly help: string;
  readonly definition: RuleDefinition;
}

type Row = readonly [name: string, help: string, definition: RuleDefinition];

/** Whoever names a queue so means nobody to take from it until somebody looks. */
const deadLetterNames = '/(.*[._-])?(dead|dlq|dlx|dead-?letters?|parked|parking)([._-].*)?/';

const queues: readonly Row[] = [
  [
    'no-consumers',
    'Messages come to a queue, and nobody takes them. Start its consumers, or see why they left.',
    {
      metric: 'sluice_messages_ready',
      above: 0,
      except: { queue: deadLetterNames },
      while: [
        { metric: 'sluice_consumers', below: 1 },
        { metric: 'rate(sluice_messages_published_total, 5m)', above: 0 },
      ],
      for: '5m',
      summary: '{queue} has {value} messages and no consumer',
    },
  ],
  [
    'backlog-growing',
    'At these rates a queue needs over ten minutes to become empty, or never will. Consumers are too few, or too slow.',
    {
      metric: 'time_to_drain()',
      above: 600,
      clear: 300,
      while: [
        { metric: 'sluice_messages_ready', above: 1_000 },
        { metric: 'sluice_consumers', above: 0 },
      ],
      for: '5m',
      summary: '{queue} would take {value} to drain',
    },
  ],
  [
    'backlog-forecast',
    'A queue grows steadily, and reaches a million messages within four hours. Add workers before it does.',
    {
      kind: 'forecast',
      metric: 'sluice_messages_ready',
      over: '30m',
      above: 1_000_000,
      within: '4h',
      while: [{ metric: 'sluice_messages_ready', above: 10_000 }],
      for: '5m',
      summary: '{queue} reaches a million messages in {value}',
    },
  ],
  [
    'oldest-message',
    'A message waits for a quarter of an hour though there are consumers. One may be stuck, or a key blocked.',
    {
      metric: 'sluice_oldest_message_age_seconds',
      above: 900,
      clear: 300,
      while: [
        { metric: 'sluice_consumers', above: 0 },
        { metric: 'sluice_messages_ready', above: 0 },
      ],
      for: '2m',
      summary: 'The oldest message of {queue} has waited {value}',
    },
  ],
  [
    'dead-letters-rising',
    'Consumers give up on more than one message in twenty. Look at the reason in the headers of the dead letters.',
    {
      metric:
        'share(rate(sluice_messages_dead_lettered_total, 5m), rate(sluice_messages_dead_lettered_total, 5m) + rate(sluice_messages_acknowledged_total, 5m))',
      above: 0.05,
      clear: 0.02,
      while: [
        { metric: 'sluice_consumers', above: 0 },
        { metric: 'rate(sluice_messages_dead_lettered_total, 5m)', above: 0.05 },
      ],
      for: '1m',
      summary: '{value} of the messages of {queue} become dead letters',
    },
  ],
  [
    'redeliveries',
    'More than one delivery in five is a repetition: consumers fail, disconnect, or take longer than their timeout.',
    {
      metric: 'share(rate(sluice_messages_redelivered_total, 5m), rate(sluice_messages_delivered_total, 5m))',
      above: 0.2,
      clear: 0.1,
      while: [{ metric: 'rate(sluice_messages_redelivered_total, 5m)', above: 0.1 }],
      // Longer than the rate looks back: what one release gives back is no fault.
      for: '6m',
      summary: '{value} of the deliveries of {queue} are repetitions',
    },
  ],
  [
    'messages-dropped',
    'A limit of a queue refuses or removes more than one message in a hundred. Raise it, or add consumers.',
    {
      metric: 'share(rate(sluice_messages_dropped_total, 5m), rate(sluice_messages_published_total, 5m))',
      above: 0.01,
      clear: 0.001,
      for: '5m',
      severity: 'info',
      summary: '{value} of the messages of {queue} are dropped by its limit',
    },
  ],
  [
    'deadline-misses',
    'More than one message in fifty ends after its deadline. See least laxity, processing time and consumers.',
    {
      metric:
        'share(rate(sluice_deadlines_missed_total), rate(sluice_messages_acknowledged_total) + rate(sluice_messages_expired_total) + rate(sluice_messages_dead_lettered_total))',
      above: 0.02,
      clear: 0.005,
      while: [{ metric: 'rate(sluice_deadlines_missed_total)', above: 0.05 }],
      for: '15s',
      summary: '{value} of the messages of {queue} miss their deadline',
    },
  ],
];

const others: readonly Row[] = [
  [
    'task-failures',
    'More than one task in five fails for good. Look at the error of its dead letters.',
    {
      of: 'task',
      metric:
        'share(rate(sluice_task_failed_total, 5m), rate(sluice_task_failed_total, 5m) + rate(sluice_task_completed_total, 5m))',
      above: 0.2,
      clear: 0.1,
      while: [{ metric: 'rate(sluice_task_failed_total, 5m)', above: 0.05 }],
      for: '1m',
      summary: '{value} of the runs of {task} fail',
    },
  ],
  [
    'hung-consumer',
    'A consumer has held a message for a quarter of an hour and acknowledged nothing meanwhile. Close it, or mend it.',
    {
      of: 'consumer',
      metric: 'sluice_consumer_oldest_unacknowledged_age_seconds',
      above: 900,
      while: [{ metric: 'rate(sluice_consumer_messages_acknowledged_total, 5m)', below: 0.000_001 }],
      for: '1m',
      summary: 'Consumer {consumer} of {queue} has held a message for {value}',
    },
  ],
  [
    'publishers-blocked',
    'The engine is out of memory or disk and blocks whoever publishes. Consumers go on.',
    {
      of: 'alarm',
      metric: 'sluice_alarm',
      above: 0,
      for: '5s',
      severity: 'critical',
      summary: 'Publishers of {engine} are blocked: {alarm}',
    },
  ],
  [
    'disk-low',
    'Free space is under twice the limit at which publishers are blocked. Make room, or let consumers catch up.',
    {
      of: 'node',
      metric: 'sluice_disk_free_bytes / sluice_disk_free_limit_bytes',
      below: 2,
      clear: 2.5,
      for: '1m',
      severity: 'critical',
      summary: 'Free disk of {node} is {value} of its limit',
    },
  ],
  [
    'disk-forecast',
    'At this pace the disk is full within half a day. A backlog, archives or something else on it grows.',
    {
      of: 'node',
      kind: 'forecast',
      metric: 'sluice_disk_free_bytes',
      over: '2h',
      below: 0,
      within: '12h',
      for: '15m',
      summary: 'The disk of {node} is full in {value}',
    },
  ],
  [
    'memory-high',
    'Memory is near the limit at which publishers are blocked.',
    {
      of: 'node',
      metric: 'sluice_process_resident_memory_bytes / sluice_memory_limit_bytes',
      above: 0.9,
      clear: 0.8,
      for: '2m',
      summary: '{node} uses {value} of its memory limit',
    },
  ],
  [
    'descriptors',
    'Files and sockets are nearly used up; new connections will be refused. Raise the limit, or find who leaks.',
    {
      of: 'node',
      metric: 'sluice_process_open_descriptors / sluice_process_descriptors_limit',
      above: 0.85,
      clear: 0.75,
      for: '1m',
      summary: '{node} uses {value} of its file descriptors',
    },
  ],
  [
    'event-loop-delay',
    'The process comes late to everything that it does: heartbeats and deliveries wait.',
    {
      of: 'node',
      metric: 'sluice_event_loop_delay_seconds_p99',
      above: 0.25,
      clear: 0.1,
      for: '1m',
      summary: 'The event loop of {node} is {value} late',
    },
  ],
  [
    'sync-latency',
    'Making a batch durable takes long; confirms wait for it. The disk is busy, or failing.',
    {
      of: 'engine',
      metric: 'sluice_journal_sync_seconds_p99',
      above: 0.5,
      clear: 0.2,
      for: '1m',
      summary: 'Syncs of {engine} take {value}',
    },
  ],
  [
    'engine-down',
    'An engine does not answer. Its queues are not judged meanwhile.',
    {
      of: 'engine',
      metric: 'sluice_engine_up',
      below: 1,
      for: '15s',
      severity: 'critical',
      summary: '{engine} does not answer',
    },
  ],
  [
    'probes-failing',
    'Probe messages do not come back: the engine takes none, or gives none out, whatever its interfaces say.',
    {
      of: 'engine',
      metric: 'sluice_probe_outage_seconds',
      above: 15,
      clear: 0,
      for: '0s',
      severity: 'critical',
      summary: '{engine} has given no probe message back for {value}',
    },
  ],
  [
    'probe-lost',
    'A probe message was confirmed and never came.',
    {
      of: 'engine',
      metric: 'rate(sluice_probes_lost_total, 5m)',
      above: 0,
      for: '0s',
      severity: 'critical',
      summary: '{engine} loses probe messages',
    },
  ],
  [
    'measurement-stale',
    'An engine has not been measured for a minute: every figure of it is unknown, and no other rule can speak.',
    {
      of: 'engine',
      kind: 'staleness',
      above: '1m',
      summary: '{engine} has not been measured for {value}',
    },
  ],
  [
    'partitions-under-replicated',
    'Partitions have fewer copies in sync than they are to have: one more failure may lose messages.',
    {
      of: 'controller',
      metric: 'sluice_controller_under_replicated_partitions',
      above: 0,
      for: '5m',
      summary: '{engine} has {value} partitions with too few copies in sync',
    },
  ],
  [
    'partitions-leaderless',
    'Partitions without a leader take and give nothing.',
    {
      of: 'controller',
      metric: 'sluice_controller_leaderless_partitions',
      above: 0,
      for: '30s',
      severity: 'critical',
      summary: '{engine} has {value} partitions without a leader',
    },
  ],
  [
    'group-lag',
    'A group of consumers is a quarter of an hour behind. Add consumers up to the count of partitions.',
    {
      of: 'partition_group',
      metric: 'sluice_partition_group_lag_seconds',
      above: 900,
      clear: 300,
      for: '5m',
      summary: '{group} is {value} behind in {topic}',
    },
  ],
  [
    'notification-broken',
    'Notifications cannot be delivered. Test the route: sluice alert test-route NAME.',
    {
      of: 'receiver',
      kind: 'signal',
      clearFor: '0s',
      severity: 'critical',
      summary: 'Notifications to {receiver} do not arrive',
    },
  ],
  [
    'connection-churn',
    'Clients open over five connections a second, and every connection is replaced within a minute. Let them keep one.',
    {
      of: 'engine',
      metric: '60 * rate(sluice_connections_opened_total, 5m) / max(sluice_connections, 1)',
      above: 1,
      clear: 0.5,
      while: [{ metric: 'rate(sluice_connections_opened_total, 5m)', above: 5 }],
      for: '2m',
      summary: 'Connections of {engine} are replaced {value} a minute',
    },
  ],
  [
    'unroutable',
    'Messages find no queue: a binding is missing, or a routing key is misspelt.',
    {
      of: 'engine',
      metric: 'rate(sluice_messages_unroutable_total, 5m)',
      above: 0.1,
      clear: 0.01,
      for: '2m',
      severity: 'info',
      summary: '{value} messages of {engine} find no queue',
    },
  ],
];

/** All of them. */
export const defaultRules: readonly DefaultRule[] = [...queues, ...others].map(
  ([name, help, definition]) => ({
    name,
    help,
    definition: { name, ...definition, runbook: `docs/alerts.md#${name}` },
  }),
);
