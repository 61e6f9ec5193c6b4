/** The series that signatures look at, by short names. Invariant: each stands in the catalogue; a test holds it. */

export const queue = {
  published: 'sluice_messages_published_total',
  delivered: 'sluice_messages_delivered_total',
  acknowledged: 'sluice_messages_acknowledged_total',
  redelivered: 'sluice_messages_redelivered_total',
  deadLettered: 'sluice_messages_dead_lettered_total',
  ready: 'sluice_messages_ready',
  unacknowledged: 'sluice_messages_unacknowledged',
  gated: 'sluice_messages_gated',
  bytes: 'sluice_messages_bytes',
  consumers: 'sluice_consumers',
  capacity: 'sluice_consumer_capacity_ratio',
  deadlinesMissed: 'sluice_deadlines_missed_total',
  wait: 'sluice_message_wait_seconds',
  processing: 'sluice_message_processing_seconds',
  paused: 'sluice_paused',
  returnedAgain: 'sluice_messages_returned_again_total',
  deadLettersLost: 'sluice_dead_letters_lost_total',
} as const;

export const consumer = {
  delivered: 'sluice_consumer_messages_delivered_total',
  acknowledged: 'sluice_consumer_messages_acknowledged_total',
  unacknowledged: 'sluice_consumer_unacknowledged_messages',
  prefetch: 'sluice_consumer_prefetch_limit',
  oldestAge: 'sluice_consumer_oldest_unacknowledged_age_seconds',
} as const;

export const connection = {
  blocked: 'sluice_connection_blocked',
} as const;

export const engine = {
  up: 'sluice_engine_up',
  connections: 'sluice_connections',
  opened: 'sluice_connections_opened_total',
  closed: 'sluice_connections_closed_total',
  sync: 'sluice_journal_sync_seconds',
  batchBytes: 'sluice_journal_batch_bytes',
  journalBytes: 'sluice_journal_bytes_total',
  segmentBytes: 'sluice_journal_segment_bytes',
  unsynced: 'sluice_journal_unsynced_bytes',
  probesLost: 'sluice_probes_lost_total',
  unroutable: 'sluice_messages_unroutable_total',
  heldBack: 'sluice_publishers_held_back',
} as const;

export const alarm = { raised: 'sluice_alarm' } as const;

export const node = {
  descriptors: 'sluice_process_open_descriptors',
  descriptorsLimit: 'sluice_process_descriptors_limit',
  diskFree: 'sluice_disk_free_bytes',
  diskTotal: 'sluice_disk_total_bytes',
} as const;

export const partition = {
  appended: 'sluice_partition_appended_total',
  replicas: 'sluice_partition_replicas',
  inSync: 'sluice_partition_in_sync_replicas',
  inSyncMin: 'sluice_partition_in_sync_replicas_min',
  inSyncChanges: 'sluice_partition_in_sync_changes_total',
  hasLeader: 'sluice_partition_has_leader',
  differenceBytes: 'sluice_partition_replica_difference_bytes',
} as const;

export const partitionGroup = {
  lag: 'sluice_partition_group_lag_messages',
  lagSeconds: 'sluice_partition_group_lag_seconds',
  committed: 'sluice_partition_group_committed_total',
  commits: 'sluice_partition_group_commits_total',
  rewinds: 'sluice_partition_group_rewinds_total',
} as const;

export const group = {
  members: 'sluice_consumer_group_members',
  rebalances: 'sluice_consumer_group_rebalances_total',
  subscriptions: 'sluice_consumer_group_subscriptions',
} as const;

export const brokerNode = {
  handlerIdle: 'sluice_broker_node_handler_idle_ratio',
  flush: 'sluice_broker_node_flush_seconds',
  pageCacheLock: 'sluice_broker_node_page_cache_lock_seconds',
  sendQueueWait: 'sluice_broker_node_send_queue_wait_seconds',
  halfMessageAge: 'sluice_broker_node_half_message_age_seconds',
} as const;

export const logDirectory = {
  used: 'sluice_log_directory_used_bytes',
  size: 'sluice_log_directory_size_bytes',
} as const;

export const controller = {
  active: 'sluice_controller_active_controllers',
  leaderless: 'sluice_controller_leaderless_partitions',
  underReplicated: 'sluice_controller_under_replicated_partitions',
  nodes: 'sluice_controller_nodes',
} as const;
