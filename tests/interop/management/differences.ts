/**
 * Where answers of Sluice are not of RabbitMQ's shape on purpose: what Sluice does not measure is left out, never zero,
 * and so is what only describes Erlang; what RabbitMQ has no name for is added.
 */
import type { Differences } from './shape.js';

const same: Differences = { leftOut: [], added: [], changed: [] };

const erlang = ['garbage_collection', 'reductions', 'reductions_details'];

/** A counter and its rate. */
const counted = (...names: string[]): string[] => names.flatMap((name) => [name, `${name}_details`]);

/** Sluice counts deliveries together, and confirms nowhere. */
const deliveries = counted('deliver_no_ack', 'get', 'get_empty', 'get_no_ack').map(inStats);

function inStats(name: string): string {
  return `message_stats.${name}`;
}

function differing(leftOut: readonly string[], added: readonly string[] = [], prefix = ''): Differences {
  const placed = (names: readonly string[]): string[] => names.map((name) => prefix + name).sort();
  return { leftOut: placed(leftOut), added: placed(added), changed: [] };
}

const queueLeftOut = [
  ...erlang,
  ...deliveries,
  // RabbitMQ's ways of keeping messages in memory and on disk.
  ...['backing_queue_status', 'memory', 'message_bytes_paged_out', 'message_bytes_persistent'],
  ...['message_bytes_ram', 'message_bytes_ready', 'message_bytes_unacknowledged', 'messages_paged_out'],
  ...['messages_persistent', 'messages_ram', 'messages_ready_ram', 'messages_unacknowledged_ram'],
  ...['head_message_timestamp', 'idle_since', 'recoverable_slaves'],
];

const queueAdded = [
  ...['messages_dead_lettered', 'messages_delayed', 'messages_dropped', 'messages_expired'],
  ...['messages_gated', 'messages_held'],
];

const totals = [
  ...deliveries,
  ...counted('confirm').map(inStats),
  ...['drop_unroutable_details', 'return_unroutable_details'].map(inStats),
];

const nodeLeftOut = [
  ...['config_files[]', 'log_files[]', 'contexts[].cowboy_opts', 'net_ticktime'],
  ...['metrics_gc_queue_length', 'proc_total', 'ra_open_file_metrics', 'run_queue', 'sockets_total'],
  ...counted('context_switches', 'gc_bytes_reclaimed', 'gc_num', 'proc_used'),
  ...counted('io_read_avg_time', 'io_read_bytes', 'io_read_count', 'io_reopen_count', 'io_seek_avg_time'),
  ...counted('io_seek_count', 'io_sync_avg_time', 'io_sync_count', 'io_write_avg_time', 'io_write_bytes'),
  ...counted('io_write_count', 'mnesia_disk_tx_count', 'mnesia_ram_tx_count', 'msg_store_read_count'),
  ...counted('msg_store_write_count', 'queue_created', 'queue_declared', 'queue_deleted'),
  ...counted('queue_index_read_count', 'queue_index_write_count'),
];

const connectionLeftOut = [...['auth_mechanism', 'recv_cnt', 'send_cnt', ...erlang]];

const connectionAdded = [
  ...['channel_max', 'channels', 'client_properties', 'connected_at', 'frame_max', 'host'],
  ...['peer_cert_issuer', 'peer_cert_subject', 'peer_cert_validity', 'peer_host', 'peer_port', 'port'],
  ...['protocol', 'recv_oct', 'recv_oct_details', 'send_oct', 'send_oct_details', 'send_pend', 'ssl'],
  ...['ssl_cipher', 'ssl_hash', 'ssl_key_exchange', 'ssl_protocol', 'state', 'timeout', 'type'],
  ...['user_provided_name', 'user_who_performed_action'],
];

const channelLeftOut = [
  ...erlang,
  ...deliveries,
  ...['idle_since', 'pending_raft_commands'],
  ...['ack_details', 'deliver_details', 'deliver_get_details', 'publish_details'].map(inStats),
  ...counted('confirm', 'drop_unroutable', 'redeliver', 'return_unroutable').map(inStats),
];

/** Hashes are in exported definitions alone. */
const hashes = ['hashing_algorithm', 'password_hash'];

/** Lists that are empty in the life of the test. */
export const empty: ReadonlySet<string> = new Set([
  ...['/topic-permissions', '/operator-policies', '/parameters', '/vhost-limits', '/user-limits'],
  ...[
    '/users/without-permissions',
    '/vhost-limits/%2F',
    '/user-limits/guest',
    '/users/guest/topic-permissions',
  ],
  ...['/vhosts/%2F/topic-permissions', '/exchanges/%2F/amq.fanout/bindings/destination', '/feature-flags'],
  ...['/extensions', '/global-parameters', '/parameters/shovel', '/parameters/shovel/%2F'],
]);

const memoryLeftOut = [
  ...['allocated_unused', 'atom', 'code', 'connection_channels', 'connection_other', 'connection_readers'],
  ...[
    'connection_writers',
    'metrics',
    'mgmt_db',
    'mnesia',
    'msg_index',
    'other_ets',
    'plugins',
    'queue_procs',
  ],
  ...['queue_slave_procs', 'quorum_ets', 'quorum_queue_dlx_procs', 'quorum_queue_procs'],
  ...['reserved_unallocated', 'stream_queue_coordinator_procs', 'stream_queue_procs'],
  ...['stream_queue_replica_reader_procs'],
];

const overviewLeftOut = [
  ...totals,
  ...counted('disk_reads', 'disk_writes').map(inStats),
  ...['erlang_full_version', 'erlang_version', 'release_series_support_status', 'contexts[].cowboy_opts'],
  // What of the queues that clients declare is a new one is not counted.
  ...counted('queue_created', 'queue_declared', 'queue_deleted').map((name) => `churn_rates.${name}`),
];

/** What is not encrypted says so by null in a list, and of one connection by an empty text: Sluice by null. */
const oneConnection: Differences = {
  ...differing(connectionLeftOut),
  changed: [
    ...['peer_cert_issuer', 'peer_cert_subject', 'peer_cert_validity', 'ssl_cipher', 'ssl_hash'],
    ...['ssl_key_exchange', 'ssl_protocol'],
  ],
};

/** Who made an exchange is in the audit log. */
const maker = ['user_who_performed_action'];

const lengthRange = 'lengths_age=20&lengths_incr=5';
const countRange = 'msg_rates_age=20&msg_rates_incr=5';
const lists = 'disable_stats=true&enable_queue_totals=true';

/** Where both answer alike. */
const alike = [
  ...['/auth', '/whoami', '/cluster-name', '/healthchecks/node'],
  ...[`/queues?${lists}`, '/queues/%2F?disable_stats=true', '/queues?columns=name,vhost,messages'],
  ...['/queues/%2F/orders/bindings', '/exchanges/%2F/events/bindings/source', '/bindings', '/bindings/%2F'],
  ...['/exchanges/%2F/amq.fanout/bindings/destination', '/bindings/%2F/e/events/q/orders'],
  ...['/consumers', '/consumers/%2F', '/vhosts/%2F/permissions', '/vhosts/%2F/topic-permissions'],
  ...['/users/guest/permissions', '/users/guest/topic-permissions', '/topic-permissions'],
  ...['/permissions', '/permissions/%2F/guest', '/policies', '/policies/%2F', '/policies/%2F/short'],
  ...['/operator-policies', '/parameters', '/parameters/shovel', '/parameters/shovel/%2F'],
  ...['/vhost-limits', '/vhost-limits/%2F', '/user-limits', '/user-limits/guest'],
  ...['alarms', 'local-alarms', 'virtual-hosts', 'node-is-quorum-critical', 'node-is-mirror-sync-critical']
    .concat('protocol-listener/amqp', 'certificate-expiration/1/weeks')
    .map((check) => `/health/checks/${check}`),
];

/** By path, all that is asked. In capitals: a name that each side gives by itself. */
export const allowed: Readonly<Record<string, Differences>> = {
  ...Object.fromEntries(alike.map((path) => [path, same])),
  '/overview': differing(overviewLeftOut),
  [`/overview?${lengthRange}&${countRange}`]: differing(overviewLeftOut),
  '/nodes': differing(nodeLeftOut, [], '[].'),
  '/nodes/NODE': differing(nodeLeftOut),
  '/nodes/NODE?node_stats_age=20&node_stats_incr=5': differing(nodeLeftOut),
  '/nodes/NODE/memory': differing(memoryLeftOut, [], 'memory.'),
  '/vhosts': differing([...totals, ...counted('recv_oct', 'send_oct')], [], '[].'),
  '/vhosts/%2F': differing([...totals, ...counted('recv_oct', 'send_oct')]),
  '/queues': differing(queueLeftOut, queueAdded, '[].'),
  '/queues/%2F': differing(queueLeftOut, queueAdded, '[].'),
  '/queues?page=1&page_size=10': differing(queueLeftOut, queueAdded, 'items[].'),
  '/queues/%2F/orders': differing(queueLeftOut, queueAdded),
  [`/queues/%2F/orders?${lengthRange}&${countRange}`]: differing(queueLeftOut, queueAdded),
  '/exchanges': differing(maker, [], '[].'),
  '/exchanges/%2F': differing(maker, [], '[].'),
  '/exchanges/%2F/events': differing(maker),
  '/connections': differing(connectionLeftOut, [], '[].'),
  '/connections/CONNECTION': oneConnection,
  '/connections/CONNECTION?data_rates_age=20&data_rates_incr=5': oneConnection,
  // Sluice tells of a user's connections as of all others.
  '/connections/username/guest': differing([], connectionAdded, '[].'),
  '/connections/CONNECTION/channels': differing(channelLeftOut, [], '[].'),
  '/vhosts/%2F/connections': differing(connectionLeftOut, [], '[].'),
  '/vhosts/%2F/channels': differing(channelLeftOut, [], '[].'),
  '/channels': differing(channelLeftOut, [], '[].'),
  '/channels/CHANNEL': differing(channelLeftOut),
  '/users': differing(hashes, [], '[].'),
  '/users/guest': differing(hashes),
  // There are no plugins and no flags, and no parameter that Sluice set itself.
  '/extensions': differing(['[]']),
  '/feature-flags': differing(['[]']),
  '/global-parameters': differing(['[]']),
  '/definitions': differing(
    ['global_parameters[]'],
    ['original_cluster_name', 'users[].sluice_password_hash'],
  ),
  // Items name no virtual host, so that they can be imported into another.
  '/definitions/%2F': differing(
    ['policies[].vhost'],
    ['original_vhost_name', 'product_name', 'product_version', 'rabbitmq_version'],
  ),
  // Last: its message counts.
  '/aliveness-test/%2F': same,
};
