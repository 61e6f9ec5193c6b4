/** Channels and their consumers as RabbitMQ shows them. */
import type { ChannelDetail, ConnectionDetail, ConsumerRow } from '../../operations/index.js';
import type { Item } from './columns.js';
import { nodeName } from './identity.js';

/** A channel and the connection it belongs to. */
export interface ChannelRow {
  readonly connection: ConnectionDetail;
  readonly channel: ChannelDetail;
  /** `127.0.0.1:50312 -> 127.0.0.1:5672 (1)`. */
  readonly name: string;
}

/** The channels of a connection. */
export function channelRows(connection: ConnectionDetail): ChannelRow[] {
  return connection.channelList.map((channel) => ({
    connection,
    channel,
    name: `${connection.name} (${channel.number})`,
  }));
}

/** A channel. What was published, delivered and acknowledged on it is counted since it opened. */
export function channelItem({ connection, channel, name }: ChannelRow): Item {
  return {
    acks_uncommitted: channel.uncommittedSettlements,
    confirm: channel.mode === 'confirm',
    connection_details: {
      name: connection.name,
      peer_host: connection.peerAddress,
      peer_port: connection.peerPort,
    },
    consumer_count: channel.consumers,
    global_prefetch_count: channel.sharedPrefetch,
    message_stats: {
      ack: channel.acknowledged,
      deliver: channel.delivered,
      deliver_get: channel.delivered,
      publish: channel.published,
    },
    messages_unacknowledged: channel.unacknowledged,
    messages_uncommitted: channel.uncommittedMessages,
    messages_unconfirmed: channel.unconfirmed,
    name,
    node: nodeName,
    number: channel.number,
    prefetch_count: channel.prefetch,
    state: connection.state === 'open' ? 'running' : connection.state,
    transactional: channel.mode === 'transaction',
    user: connection.user,
    user_who_performed_action: connection.user,
    vhost: connection.vhost,
  };
}

/** A consumer; of the connection it belongs to what is known of it. */
export function consumerItem(consumer: ConsumerRow, connection: ConnectionDetail | undefined): Item {
  return {
    arguments: consumer.arguments,
    ack_required: consumer.needsAcknowledgement,
    active: consumer.isActive,
    activity_status: consumer.isActive ? 'up' : 'waiting',
    channel_details: {
      connection_name: consumer.connection,
      name: `${consumer.connection} (${consumer.channel})`,
      node: nodeName,
      number: consumer.channel,
      peer_host: connection?.peerAddress ?? '',
      peer_port: connection?.peerPort ?? 0,
      user: consumer.user,
    },
    consumer_tag: consumer.tag,
    exclusive: consumer.isExclusive,
    prefetch_count: consumer.prefetch,
    queue: { name: consumer.queue, vhost: consumer.vhost },
  };
}

/** Items of consumers, each with what is known of its connection. */
export function consumerItems(connections: readonly ConnectionDetail[]): (consumer: ConsumerRow) => Item {
  const byName = new Map(connections.map((connection) => [connection.name, connection]));
  return (consumer) => consumerItem(consumer, byName.get(consumer.connection));
}
