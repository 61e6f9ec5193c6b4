/**
 * Items of RabbitMQ's management API, as figures. A Sluice server tells more of a queue than RabbitMQ has names for.
 * Invariant: what the server leaves out is undefined, never zero.
 */
import { copiesOf } from './managed-copies.js';
import { booleanIn, fieldsOf, numberIn, textIn, textsIn, type Fields } from './management-fields.js';
import type {
  ManagedChurn,
  ManagedConnection,
  ManagedConsumer,
  ManagedNode,
  ManagedQueue,
  ManagedUnroutable,
} from './managed-state.js';

/** The columns of a queue that are read. */
export const queueColumns = [
  ...['name', 'vhost', 'state', 'messages_ready', 'messages_unacknowledged', 'message_bytes', 'consumers'],
  ...['consumer_utilisation', 'consumer_capacity', 'message_stats'],
  ...['messages_delayed', 'messages_gated', 'messages_held', 'messages_expired', 'messages_dead_lettered'],
  ...['messages_dropped', 'type', 'leader', 'members', 'online', 'node'],
  ...['slave_nodes', 'synchronised_slave_nodes'],
  ...['durable', 'auto_delete', 'exclusive', 'arguments', 'policy', 'operator_policy'],
];

/** Most queues are declared without any: ten thousand of them share one. */
const noArguments: Fields = Object.freeze({});

export function queueOf(item: unknown): ManagedQueue {
  const fields = fieldsOf(item);
  const stats = fieldsOf(fields['message_stats']);
  const [gated, held] = [numberIn(fields, 'messages_gated'), numberIn(fields, 'messages_held')];
  const ready = numberIn(fields, 'messages_ready');
  return {
    vhost: textIn(fields, 'vhost'),
    name: textIn(fields, 'name'),
    // Those behind another of their key are among RabbitMQ's ready ones.
    ready: ready === undefined ? undefined : ready - (gated ?? 0),
    unacknowledged: numberIn(fields, 'messages_unacknowledged'),
    bytes: numberIn(fields, 'message_bytes'),
    consumers: numberIn(fields, 'consumers'),
    consumerCapacity: numberIn(fields, 'consumer_capacity') ?? numberIn(fields, 'consumer_utilisation'),
    published: numberIn(stats, 'publish'),
    delivered: numberIn(stats, 'deliver_get'),
    acknowledged: numberIn(stats, 'ack'),
    redelivered: numberIn(stats, 'redeliver'),
    ...{ delayed: numberIn(fields, 'messages_delayed'), gated, held },
    expired: numberIn(fields, 'messages_expired'),
    deadLettered: numberIn(fields, 'messages_dead_lettered'),
    dropped: numberIn(fields, 'messages_dropped'),
    // RabbitMQ pauses no queue, and does not say so.
    paused: gated === undefined ? undefined : fields['state'] === 'paused',
    type: textIn(fields, 'type') || undefined,
    copies: copiesOf(fields),
    durable: booleanIn(fields, 'durable'),
    autoDelete: booleanIn(fields, 'auto_delete'),
    exclusive: booleanIn(fields, 'exclusive'),
    arguments: argumentsIn(fields),
    policy: textIn(fields, 'policy') || undefined,
    operatorPolicy: textIn(fields, 'operator_policy') || undefined,
  };
}

function argumentsIn(fields: Fields): Fields {
  const table = fieldsOf(fields['arguments']);
  return Object.keys(table).length === 0 ? noArguments : table;
}

export function nodeOf(item: unknown): ManagedNode {
  const fields = fieldsOf(item);
  const uptimeMs = numberIn(fields, 'uptime');
  return {
    name: textIn(fields, 'name'),
    isRunning: fields['running'] === true,
    residentBytes: numberIn(fields, 'mem_used'),
    memoryLimitBytes: numberIn(fields, 'mem_limit'),
    openDescriptors: numberIn(fields, 'fd_used'),
    descriptorsMax: numberIn(fields, 'fd_total'),
    diskFreeBytes: numberIn(fields, 'disk_free'),
    diskFreeLimitBytes: numberIn(fields, 'disk_free_limit'),
    uptimeSeconds: uptimeMs === undefined ? undefined : uptimeMs / 1_000,
    alarms: { memory: booleanIn(fields, 'mem_alarm'), disk: booleanIn(fields, 'disk_free_alarm') },
    partitions: textsIn(fields, 'partitions'),
  };
}

export const connectionColumns = ['name', 'recv_oct', 'send_oct', 'send_pend', 'channels', 'state'];

export function connectionOf(item: unknown): ManagedConnection {
  const fields = fieldsOf(item);
  const state = textIn(fields, 'state');
  return {
    name: textIn(fields, 'name'),
    receivedBytes: numberIn(fields, 'recv_oct'),
    sentBytes: numberIn(fields, 'send_oct'),
    unsentBytes: numberIn(fields, 'send_pend'),
    channels: numberIn(fields, 'channels'),
    isBlocked: state === '' ? undefined : state === 'blocked' || state === 'blocking',
  };
}

/** What a channel tells of its one consumer. */
export interface ManagedChannel {
  readonly consumers: number | undefined;
  readonly delivered: number | undefined;
  readonly acknowledged: number | undefined;
  readonly unacknowledged: number | undefined;
}

export const channelColumns = ['name', 'consumer_count', 'messages_unacknowledged', 'message_stats'];

export function channelOf(item: unknown): readonly [name: string, channel: ManagedChannel] {
  const fields = fieldsOf(item);
  const stats = fieldsOf(fields['message_stats']);
  const channel = {
    consumers: numberIn(fields, 'consumer_count'),
    delivered: numberIn(stats, 'deliver_get'),
    acknowledged: numberIn(stats, 'ack'),
    unacknowledged: numberIn(fields, 'messages_unacknowledged'),
  };
  return [textIn(fields, 'name'), channel];
}

export const consumerColumns = ['consumer_tag', 'prefetch_count', 'queue', 'channel_details'];

export function consumerOf(item: unknown, channels: ReadonlyMap<string, ManagedChannel>): ManagedConsumer {
  const fields = fieldsOf(item);
  const queue = fieldsOf(fields['queue']);
  const channelName = textIn(fieldsOf(fields['channel_details']), 'name');
  const channel = channels.get(channelName);
  const own = channel?.consumers === 1 ? channel : undefined;
  return {
    vhost: textIn(queue, 'vhost'),
    queue: textIn(queue, 'name'),
    identity: `${channelName} ${textIn(fields, 'consumer_tag')}`,
    prefetch: numberIn(fields, 'prefetch_count'),
    delivered: own?.delivered,
    acknowledged: own?.acknowledged,
    unacknowledged: own?.unacknowledged,
  };
}

export function unroutableOf(item: Fields): ManagedUnroutable {
  const stats = fieldsOf(item['message_stats']);
  return { returned: numberIn(stats, 'return_unroutable'), dropped: numberIn(stats, 'drop_unroutable') };
}

/** Undefined: one of them is unknown. */
export function churnOf(overview: Fields): ManagedChurn | undefined {
  const rates = fieldsOf(overview['churn_rates']);
  const connectionsOpened = numberIn(rates, 'connection_created');
  const connectionsClosed = numberIn(rates, 'connection_closed');
  const channelsOpened = numberIn(rates, 'channel_created');
  const channelsClosed = numberIn(rates, 'channel_closed');
  if (connectionsOpened === undefined || connectionsClosed === undefined) return undefined;
  if (channelsOpened === undefined || channelsClosed === undefined) return undefined;
  return { connectionsOpened, connectionsClosed, channelsOpened, channelsClosed };
}
