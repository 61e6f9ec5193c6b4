/** Panels about the journal, recovery and engines. */
import { gauges, lines, number, quantiles, rates } from './panels.mjs';

const own = 'engine=~"$engine"';

function journal(rule) {
  return {
    Durability: [
      lines({
        ...{
          title: 'Sync',
          description: 'What making a batch durable takes; confirms wait for it.',
          unit: 's',
        },
        queries: quantiles('sluice_journal_sync_seconds', own),
        rule: rule('sync-latency'),
      }),
      lines({
        ...{ title: 'Written', description: 'Bytes appended to the journal a second.', unit: 'binBps' },
        queries: rates({ '{{engine}}': 'sluice_journal_bytes_total' }, own, 'engine'),
      }),
      lines({
        ...{ title: 'Records', description: 'Records appended a second.', unit: 'cps' },
        queries: rates({ '{{engine}}': 'sluice_journal_records_total' }, own, 'engine'),
      }),
      lines({
        title: 'Batches',
        description: 'Mean size of a batch, and what is appended and not durable yet.',
        unit: 'bytes',
        queries: gauges(
          { batch: 'sluice_journal_batch_bytes', 'not durable yet': 'sluice_journal_unsynced_bytes' },
          own,
          'max',
        ),
      }),
    ],
    Space: [
      lines({
        ...{
          title: 'Journal',
          description: 'Bytes of all segments, and of what is still needed.',
          unit: 'bytes',
        },
        queries: gauges(
          { segments: 'sluice_journal_segment_bytes', needed: 'sluice_journal_live_bytes' },
          own,
        ),
      }),
      lines({
        ...{ title: 'Segments', description: 'Segments, and snapshots that are kept.', unit: 'short' },
        queries: gauges({ segments: 'sluice_journal_segments', snapshots: 'sluice_journal_snapshots' }, own),
      }),
      lines({
        title: 'Free disk',
        description: 'Free space, in multiples of the limit at which publishers are blocked.',
        unit: 'none',
        queries: { '{{node}}': `sluice_disk_free_bytes{${own}} / sluice_disk_free_limit_bytes{${own}}` },
        rule: rule('disk-low'),
      }),
      lines({
        ...{
          title: 'Read back',
          description: 'Blocks of the journal read back from disk, a second.',
          unit: 'cps',
        },
        queries: rates({ '{{engine}}': 'sluice_journal_block_loads_total' }, own, 'engine'),
      }),
    ],
    Recovery: [
      number({
        ...{
          title: 'Running for',
          description: 'The shortest time since a process began.',
          unit: 's',
          span: 6,
        },
        query: `min(sluice_process_uptime_seconds{${own}})`,
      }),
      number({
        ...{
          title: 'Restarts',
          description: 'Processes that began anew in the time shown.',
          unit: 'none',
          span: 6,
        },
        query: `sum(changes(sluice_start_time_seconds{${own}}[$__range]))`,
      }),
      number({
        ...{ title: 'To be read at a start', description: 'Bytes still needed.', unit: 'bytes', span: 6 },
        query: `sum(sluice_journal_live_bytes{${own}})`,
      }),
      number({
        ...{
          title: 'Held back',
          description: 'Whether publishers wait for the disk.',
          unit: 'none',
          span: 6,
        },
        query: `max(sluice_publishers_held_back{${own}})`,
        words: { 0: 'no', 1: 'yes' },
      }),
    ],
  };
}

function engines(rule) {
  return {
    Engines: [
      lines({
        ...{
          title: 'Answers',
          description: '1 while the engine answers, 0 while it does not.',
          unit: 'none',
        },
        queries: gauges({ '{{engine}}': 'sluice_engine_up' }, own, 'min', 'engine'),
        rule: rule('engine-down'),
      }),
      lines({
        ...{ title: 'Connections', description: 'Clients that are connected.', unit: 'short' },
        queries: gauges({ '{{engine}}': 'sluice_connections' }, own, 'sum', 'engine'),
      }),
      lines({
        ...{ title: 'Churn', description: 'Connections and channels opened a second.', unit: 'cps' },
        queries: rates(
          { connections: 'sluice_connections_opened_total', channels: 'sluice_channels_opened_total' },
          own,
        ),
      }),
      lines({
        ...{ title: 'Traffic', description: 'Bytes from clients and to them, a second.', unit: 'binBps' },
        queries: rates(
          {
            received: 'sluice_connection_received_bytes_total',
            sent: 'sluice_connection_sent_bytes_total',
          },
          own,
        ),
      }),
      lines({
        ...{
          title: 'Descriptors',
          description: 'Share of the files and sockets that may be open.',
          unit: 'percentunit',
        },
        queries: {
          '{{node}}': `sluice_process_open_descriptors{${own}} / sluice_process_descriptors_limit{${own}}`,
        },
        rule: rule('descriptors'),
      }),
      lines({
        ...{ title: 'Unroutable', description: 'Messages that found no queue, a second.', unit: 'mps' },
        queries: rates({ '{{engine}}': 'sluice_messages_unroutable_total' }, own, 'engine'),
        rule: rule('unroutable'),
      }),
    ],
    Probes: [
      lines({
        ...{ title: 'Round trip', description: 'What a probe message takes, there and back.', unit: 's' },
        queries: quantiles('sluice_probe_round_trip_seconds', own),
      }),
      lines({
        ...{
          title: 'Availability',
          description: 'Share of the time in which probe messages came back.',
          unit: 'percentunit',
        },
        queries: {
          '{{engine}}': `sum by (engine) (rate(sluice_probe_up_seconds_total{${own}}[$__rate_interval])) / (sum by (engine) (rate(sluice_probe_up_seconds_total{${own}}[$__rate_interval])) + sum by (engine) (rate(sluice_probe_down_seconds_total{${own}}[$__rate_interval])))`,
        },
      }),
      lines({
        ...{
          title: 'Lost, doubled, out of order',
          description: 'Probe messages a second that did not arrive as they were sent.',
          unit: 'mps',
        },
        queries: rates(
          {
            lost: 'sluice_probes_lost_total',
            doubled: 'sluice_probes_duplicated_total',
            'out of order': 'sluice_probes_reordered_total',
          },
          own,
        ),
      }),
      lines({
        ...{ title: 'Outage', description: 'How long probe messages have not come back.', unit: 's' },
        queries: gauges({ '{{engine}}': 'sluice_probe_outage_seconds' }, own, 'max', 'engine'),
      }),
    ],
    'Logs (Kafka, RocketMQ)': [
      lines({
        ...{
          title: 'Lag',
          description: 'Age of the first message that a group has not committed.',
          unit: 's',
        },
        queries: gauges({ '{{group}}': 'sluice_partition_group_lag_seconds' }, own, 'max', 'group'),
        rule: rule('group-lag'),
      }),
      lines({
        title: 'Partitions at risk',
        description: 'Partitions with too few copies in sync, and without a leader.',
        unit: 'short',
        queries: gauges(
          {
            'under-replicated': 'sluice_controller_under_replicated_partitions',
            leaderless: 'sluice_controller_leaderless_partitions',
          },
          own,
        ),
        rule: rule('partitions-under-replicated'),
      }),
    ],
  };
}

export function engineSections(rule) {
  return { journal: journal(rule), engines: engines(rule) };
}
