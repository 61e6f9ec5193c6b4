/** Panels about messages, queues and tasks. */
import { gauges, lines, number, quantiles, rates } from './panels.mjs';

const throughput = {
  published: 'sluice_messages_published_total',
  delivered: 'sluice_messages_delivered_total',
  acknowledged: 'sluice_messages_acknowledged_total',
};
const trouble = {
  redelivered: 'sluice_messages_redelivered_total',
  'dead-lettered': 'sluice_messages_dead_lettered_total',
  expired: 'sluice_messages_expired_total',
  dropped: 'sluice_messages_dropped_total',
};
const lengths = {
  ready: 'sluice_messages_ready',
  unacknowledged: 'sluice_messages_unacknowledged',
  delayed: 'sluice_messages_delayed',
  gated: 'sluice_messages_gated',
  held: 'sluice_messages_held',
};

function share(part, wholes, labels, by) {
  const sum = (metric) => `sum by (${by}) (rate(${metric}{${labels}}[$__rate_interval]))`;
  return `${sum(part)} / (${wholes.map(sum).join(' + ')} > 0)`;
}

const ended = [
  'sluice_messages_acknowledged_total',
  'sluice_messages_expired_total',
  'sluice_messages_dead_lettered_total',
];

function overview(rule) {
  const own = 'engine=~"$engine",vhost=~"$vhost"';
  const engine = 'engine=~"$engine"';
  return {
    Now: [
      number({
        ...{ title: 'Engines', description: 'The worst of the engines.', unit: 'none' },
        query: `min(sluice_engine_up{${engine}})`,
        ...{ rule: rule('engine-down'), words: { 0: 'down', 1: 'up' } },
      }),
      number({
        ...{ title: 'Publishers', description: 'Whether memory or disk blocks publishers.', unit: 'none' },
        query: `max(sluice_alarm{${engine}})`,
        ...{ rule: rule('publishers-blocked'), words: { 0: 'free', 1: 'blocked' } },
      }),
      number({
        ...{
          title: 'Ready messages',
          description: 'Messages that any consumer may have now.',
          unit: 'short',
        },
        query: `sum(sluice_messages_ready{${own}})`,
      }),
      number({
        ...{ title: 'Oldest message', description: 'How long it has been in its queue.', unit: 's' },
        ...{ query: `max(sluice_oldest_message_age_seconds{${own}})`, rule: rule('oldest-message') },
      }),
      number({
        ...{ title: 'Consumers', description: 'Consumers of all queues.', unit: 'short' },
        query: `sum(sluice_consumers{${own}})`,
      }),
      number({
        ...{ title: 'Connections', description: 'Clients that are connected.', unit: 'short' },
        query: `sum(sluice_connections{${engine}})`,
      }),
    ],
    Messages: [
      lines({
        ...{ title: 'Throughput', description: 'Messages processed a second.', unit: 'mps' },
        queries: rates(throughput, own),
      }),
      lines({
        ...{ title: 'Queue length', description: 'What waits, and for what.', unit: 'short' },
        queries: gauges(lengths, own),
      }),
      ...messageTimes(own),
      lines({
        title: 'Failures',
        description: 'Messages that did not end well, a second; unroutable ones too.',
        ...{
          unit: 'mps',
          queries: {
            ...rates(trouble, own),
            ...rates({ unroutable: 'sluice_messages_unroutable_total' }, engine),
          },
        },
      }),
      lines({
        ...{
          title: 'Deadlines missed',
          description: 'Share of the messages that ended late.',
          unit: 'percentunit',
        },
        queries: { '{{vhost}}': share('sluice_deadlines_missed_total', ended, own, 'vhost') },
        rule: rule('deadline-misses'),
      }),
    ],
    'The process': [
      lines({
        title: 'Memory',
        description: 'Resident memory as a share of the limit at which publishers are blocked.',
        unit: 'percentunit',
        queries: {
          '{{node}}': `sluice_process_resident_memory_bytes{${engine}} / sluice_memory_limit_bytes{${engine}}`,
        },
        rule: rule('memory-high'),
      }),
      lines({
        ...{ title: 'Event loop', description: 'How late the process comes to its timers.', unit: 's' },
        queries: quantiles('sluice_event_loop_delay_seconds', engine),
        rule: rule('event-loop-delay'),
      }),
      lines({
        title: 'Processor',
        description: 'Cores in use, and the share of time in which the event loop did not wait.',
        ...{
          unit: 'percentunit',
          queries: rates(
            {
              processor: 'sluice_process_cpu_seconds_total',
              'event loop': 'sluice_event_loop_busy_seconds_total',
            },
            engine,
          ),
        },
      }),
      lines({
        title: 'Age of the figures',
        description: 'Since each source was last measured: a minute or more, and figures are not of now.',
        ...{ unit: 's', queries: { '{{source}}': 'sluice_measurement_age_seconds' } },
      }),
    ],
  };
}

/** How long messages take, part by part and in all. */
function messageTimes(own) {
  return [
    lines({
      ...{ title: 'Time in queue', description: 'From arrival to first delivery.', unit: 's' },
      queries: quantiles('sluice_message_wait_seconds', own),
    }),
    lines({
      ...{ title: 'Processing time', description: 'From delivery to acknowledgement.', unit: 's' },
      queries: quantiles('sluice_message_processing_seconds', own),
    }),
    lines({
      ...{
        title: 'End to end',
        description: 'From arrival to acknowledgement, over all deliveries.',
        unit: 's',
      },
      queries: quantiles('sluice_message_end_to_end_seconds', own),
    }),
  ];
}

function queue(rule) {
  const own = 'engine=~"$engine",vhost=~"$vhost",queue=~"$queue",queue!=""';
  return {
    Messages: [
      lines({
        ...{ title: 'Throughput', description: 'Messages a second.', unit: 'mps' },
        queries: rates(throughput, own),
      }),
      lines({
        ...{ title: 'Length', description: 'What waits, and for what.', unit: 'short' },
        queries: gauges(lengths, own),
      }),
      ...messageTimes(own),
      lines({
        ...{ title: 'Oldest message', description: 'How long it has been in the queue.', unit: 's' },
        queries: gauges({ '{{queue}}': 'sluice_oldest_message_age_seconds' }, own, 'max', 'queue'),
        rule: rule('oldest-message'),
      }),
      lines({
        title: 'Time to drain',
        description: 'How long the queue needs to become empty at these rates, where it becomes shorter.',
        unit: 's',
        queries: {
          '{{queue}}': `sum by (queue) (sluice_messages_ready{${own}}) / (sum by (queue) (rate(sluice_messages_acknowledged_total{${own}}[$__rate_interval]) - rate(sluice_messages_published_total{${own}}[$__rate_interval])) > 0)`,
        },
        rule: rule('backlog-growing'),
      }),
      lines({
        ...{ title: 'Bytes', description: 'Bodies of all messages in the queue.', unit: 'bytes' },
        queries: gauges({ '{{queue}}': 'sluice_messages_bytes' }, own, 'sum', 'queue'),
      }),
      lines({
        ...{ title: 'Consumers', description: 'Consumers of the queue.', unit: 'short' },
        queries: gauges({ '{{queue}}': 'sluice_consumers' }, own, 'sum', 'queue'),
      }),
    ],
    'What goes wrong': [
      lines({
        ...{ title: 'Failures', description: 'Messages that did not end well, a second.', unit: 'mps' },
        queries: rates(trouble, own),
      }),
      lines({
        ...{
          title: 'Redeliveries',
          description: 'Share of the deliveries that are repetitions.',
          unit: 'percentunit',
        },
        queries: {
          '{{queue}}': share(
            'sluice_messages_redelivered_total',
            ['sluice_messages_delivered_total'],
            own,
            'queue',
          ),
        },
        rule: rule('redeliveries'),
      }),
      lines({
        ...{
          title: 'Dead letters',
          description: 'Share of what ends that is given up.',
          unit: 'percentunit',
        },
        queries: {
          '{{queue}}': share(
            'sluice_messages_dead_lettered_total',
            ['sluice_messages_dead_lettered_total', 'sluice_messages_acknowledged_total'],
            own,
            'queue',
          ),
        },
        rule: rule('dead-letters-rising'),
      }),
      lines({
        ...{
          title: 'Held longest',
          description: 'How long consumers have held their oldest message.',
          unit: 's',
        },
        queries: gauges(
          { '{{consumer}}': 'sluice_consumer_oldest_unacknowledged_age_seconds' },
          own,
          'max',
          'consumer',
        ),
        rule: rule('hung-consumer'),
      }),
      lines({
        ...{
          title: 'Time for a message',
          description: 'What each consumer takes from delivery to acknowledgement, on average.',
          unit: 's',
        },
        queries: {
          '{{consumer}}': share(
            'sluice_consumer_processing_seconds_sum',
            ['sluice_consumer_processing_seconds_count'],
            own,
            'consumer',
          ),
        },
      }),
    ],
  };
}

function tasks(rule) {
  const own = 'engine=~"$engine",task=~"$task"';
  const engine = 'engine=~"$engine"';
  return {
    Tasks: [
      lines({
        ...{ title: 'Enqueued', description: 'Tasks a second, by type.', unit: 'cps' },
        queries: rates({ '{{task}}': 'sluice_task_enqueued_total' }, own, 'task'),
      }),
      lines({
        ...{ title: 'Completed', description: 'Tasks that ended well, a second.', unit: 'cps' },
        queries: rates({ '{{task}}': 'sluice_task_completed_total' }, own, 'task'),
      }),
      lines({
        ...{ title: 'Queue length', description: 'Tasks that wait, for whatever reason.', unit: 'short' },
        queries: gauges({ '{{task}}': 'sluice_task_queue_length' }, own, 'sum', 'task'),
      }),
      lines({
        ...{ title: 'Running', description: 'Tasks that workers run.', unit: 'short' },
        queries: gauges({ '{{task}}': 'sluice_task_running' }, own, 'sum', 'task'),
      }),
      lines({
        ...{ title: 'Time to first attempt', description: 'From release to the first attempt.', unit: 's' },
        queries: quantiles('sluice_task_wait_seconds', own),
      }),
      lines({
        ...{ title: 'Processing time', description: 'What an attempt took.', unit: 's' },
        queries: quantiles('sluice_task_processing_seconds', own),
      }),
      lines({
        ...{
          title: 'Response time',
          description: 'From release to the end, as workers report it.',
          unit: 's',
        },
        queries: quantiles('sluice_task_response_seconds', own),
      }),
      lines({
        ...{ title: 'Other ends', description: 'Attempts and tasks that did not end well, a second.' },
        ...{
          unit: 'cps',
          queries: rates(
            {
              retried: 'sluice_task_retried_total',
              cancelled: 'sluice_task_cancelled_total',
              missed: 'sluice_task_missed_total',
              expired: 'sluice_task_expired_total',
            },
            own,
          ),
        },
      }),
      lines({
        ...{ title: 'Failures', description: 'Share of the tasks that fail for good.', unit: 'percentunit' },
        queries: {
          '{{task}}': share(
            'sluice_task_failed_total',
            ['sluice_task_failed_total', 'sluice_task_completed_total'],
            own,
            'task',
          ),
        },
        rule: rule('task-failures'),
      }),
      lines({
        ...{
          title: 'Attempts',
          description: 'Attempts a second, the first of each task and its retries.',
          unit: 'cps',
        },
        queries: rates({ '{{task}}': 'sluice_task_attempts_total' }, own, 'task'),
      }),
    ],
    Deadlines: [
      lines({
        ...{ title: 'Missed by tasks', description: 'Tasks that ended late, a second.', unit: 'cps' },
        queries: rates({ '{{task}}': 'sluice_task_deadlines_missed_total' }, own, 'task'),
      }),
      lines({
        title: 'Missed, of all messages',
        description: 'Share of all messages of a virtual host that ended late.',
        ...{ unit: 'percentunit', rule: rule('deadline-misses') },
        queries: { '{{vhost}}': share('sluice_deadlines_missed_total', ended, engine, 'vhost') },
      }),
      lines({
        title: 'Least laxity',
        description:
          'The least time that anything in a queue of order deadline or laxity has left before it has to start; below 0 it is too late.',
        ...{ unit: 's', min: undefined },
        queries: gauges({ '{{queue}}': 'sluice_least_laxity_seconds' }, engine, 'min', 'queue'),
      }),
    ],
  };
}

export function brokerSections(rule) {
  return { overview: overview(rule), queue: queue(rule), tasks: tasks(rule) };
}
