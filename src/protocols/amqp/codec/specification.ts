/**
 * Every class and method of AMQP 0-9-1 with RabbitMQ's extensions, as one table: the codec and its types are made
 * from it. Names are the specification's in camelCase; fields stand in wire order; consecutive bits share octets.
 * Sources: amqp0-9-1.extended.xml as RabbitMQ publishes it; exchange.bind, basic.nack, confirm, connection.blocked
 * and connection.update-secret are RabbitMQ's.
 */

/**
 * The type of a method field (specification 4.2.1). `longtext` is a long string that holds text. The reserved
 * ones are written as zero or empty, and skipped when read.
 */
export type FieldType =
  | 'bit'
  | 'octet'
  | 'short'
  | 'long'
  | 'longlong'
  | 'shortstr'
  | 'longstr'
  | 'longtext'
  | 'table'
  | 'reserved-bit'
  | 'reserved-short'
  | 'reserved-shortstr'
  | 'reserved-longstr';

/** Who may send a method. */
export type MethodSender = 'client' | 'server' | 'both';

/** One method of the table. */
export interface MethodSpecification {
  readonly classId: number;
  readonly methodId: number;
  readonly sender: MethodSender;
  /** True where a content header and body follow. */
  readonly content?: true;
  readonly fields: Readonly<Record<string, FieldType>>;
}

/** Class numbers. */
export const classIds = {
  connection: 10,
  channel: 20,
  access: 30,
  exchange: 40,
  queue: 50,
  basic: 60,
  confirm: 85,
  tx: 90,
} as const;

const closeFields = {
  replyCode: 'short',
  replyText: 'shortstr',
  classId: 'short',
  methodId: 'short',
} as const;
const tuneFields = { channelMax: 'short', frameMax: 'long', heartbeat: 'short' } as const;
const exchangeBindFields = {
  reserved: 'reserved-short',
  destination: 'shortstr',
  source: 'shortstr',
  routingKey: 'shortstr',
  noWait: 'bit',
  arguments: 'table',
} as const;

/** All methods by name. */
export const methodTable = {
  'connection.start': {
    classId: 10,
    methodId: 10,
    sender: 'server',
    fields: {
      versionMajor: 'octet',
      versionMinor: 'octet',
      serverProperties: 'table',
      mechanisms: 'longtext',
      locales: 'longtext',
    },
  },
  'connection.start-ok': {
    classId: 10,
    methodId: 11,
    sender: 'client',
    fields: { clientProperties: 'table', mechanism: 'shortstr', response: 'longstr', locale: 'shortstr' },
  },
  'connection.secure': { classId: 10, methodId: 20, sender: 'server', fields: { challenge: 'longstr' } },
  'connection.secure-ok': { classId: 10, methodId: 21, sender: 'client', fields: { response: 'longstr' } },
  'connection.tune': { classId: 10, methodId: 30, sender: 'server', fields: tuneFields },
  'connection.tune-ok': { classId: 10, methodId: 31, sender: 'client', fields: tuneFields },
  'connection.open': {
    classId: 10,
    methodId: 40,
    sender: 'client',
    fields: { virtualHost: 'shortstr', reserved: 'reserved-shortstr', insist: 'reserved-bit' },
  },
  'connection.open-ok': {
    classId: 10,
    methodId: 41,
    sender: 'server',
    fields: { reserved: 'reserved-shortstr' },
  },
  'connection.close': { classId: 10, methodId: 50, sender: 'both', fields: closeFields },
  'connection.close-ok': { classId: 10, methodId: 51, sender: 'both', fields: {} },
  'connection.blocked': { classId: 10, methodId: 60, sender: 'both', fields: { reason: 'shortstr' } },
  'connection.unblocked': { classId: 10, methodId: 61, sender: 'both', fields: {} },
  'connection.update-secret': {
    classId: 10,
    methodId: 70,
    sender: 'client',
    fields: { newSecret: 'longtext', reason: 'shortstr' },
  },
  'connection.update-secret-ok': { classId: 10, methodId: 71, sender: 'server', fields: {} },

  'channel.open': { classId: 20, methodId: 10, sender: 'client', fields: { reserved: 'reserved-shortstr' } },
  'channel.open-ok': {
    classId: 20,
    methodId: 11,
    sender: 'server',
    fields: { reserved: 'reserved-longstr' },
  },
  'channel.flow': { classId: 20, methodId: 20, sender: 'both', fields: { active: 'bit' } },
  'channel.flow-ok': { classId: 20, methodId: 21, sender: 'both', fields: { active: 'bit' } },
  'channel.close': { classId: 20, methodId: 40, sender: 'both', fields: closeFields },
  'channel.close-ok': { classId: 20, methodId: 41, sender: 'both', fields: {} },

  'access.request': {
    classId: 30,
    methodId: 10,
    sender: 'client',
    fields: { realm: 'shortstr', exclusive: 'bit', passive: 'bit', active: 'bit', write: 'bit', read: 'bit' },
  },
  'access.request-ok': { classId: 30, methodId: 11, sender: 'server', fields: { ticket: 'short' } },

  'exchange.declare': {
    classId: 40,
    methodId: 10,
    sender: 'client',
    fields: {
      reserved: 'reserved-short',
      exchange: 'shortstr',
      type: 'shortstr',
      passive: 'bit',
      durable: 'bit',
      autoDelete: 'bit',
      internal: 'bit',
      noWait: 'bit',
      arguments: 'table',
    },
  },
  'exchange.declare-ok': { classId: 40, methodId: 11, sender: 'server', fields: {} },
  'exchange.delete': {
    classId: 40,
    methodId: 20,
    sender: 'client',
    fields: { reserved: 'reserved-short', exchange: 'shortstr', ifUnused: 'bit', noWait: 'bit' },
  },
  'exchange.delete-ok': { classId: 40, methodId: 21, sender: 'server', fields: {} },
  'exchange.bind': { classId: 40, methodId: 30, sender: 'client', fields: exchangeBindFields },
  'exchange.bind-ok': { classId: 40, methodId: 31, sender: 'server', fields: {} },
  'exchange.unbind': { classId: 40, methodId: 40, sender: 'client', fields: exchangeBindFields },
  'exchange.unbind-ok': { classId: 40, methodId: 51, sender: 'server', fields: {} },

  'queue.declare': {
    classId: 50,
    methodId: 10,
    sender: 'client',
    fields: {
      reserved: 'reserved-short',
      queue: 'shortstr',
      passive: 'bit',
      durable: 'bit',
      exclusive: 'bit',
      autoDelete: 'bit',
      noWait: 'bit',
      arguments: 'table',
    },
  },
  'queue.declare-ok': {
    classId: 50,
    methodId: 11,
    sender: 'server',
    fields: { queue: 'shortstr', messageCount: 'long', consumerCount: 'long' },
  },
  'queue.bind': {
    classId: 50,
    methodId: 20,
    sender: 'client',
    fields: {
      reserved: 'reserved-short',
      queue: 'shortstr',
      exchange: 'shortstr',
      routingKey: 'shortstr',
      noWait: 'bit',
      arguments: 'table',
    },
  },
  'queue.bind-ok': { classId: 50, methodId: 21, sender: 'server', fields: {} },
  'queue.purge': {
    classId: 50,
    methodId: 30,
    sender: 'client',
    fields: { reserved: 'reserved-short', queue: 'shortstr', noWait: 'bit' },
  },
  'queue.purge-ok': { classId: 50, methodId: 31, sender: 'server', fields: { messageCount: 'long' } },
  'queue.delete': {
    classId: 50,
    methodId: 40,
    sender: 'client',
    fields: { reserved: 'reserved-short', queue: 'shortstr', ifUnused: 'bit', ifEmpty: 'bit', noWait: 'bit' },
  },
  'queue.delete-ok': { classId: 50, methodId: 41, sender: 'server', fields: { messageCount: 'long' } },
  'queue.unbind': {
    classId: 50,
    methodId: 50,
    sender: 'client',
    fields: {
      reserved: 'reserved-short',
      queue: 'shortstr',
      exchange: 'shortstr',
      routingKey: 'shortstr',
      arguments: 'table',
    },
  },
  'queue.unbind-ok': { classId: 50, methodId: 51, sender: 'server', fields: {} },

  'basic.qos': {
    classId: 60,
    methodId: 10,
    sender: 'client',
    fields: { prefetchSize: 'long', prefetchCount: 'short', global: 'bit' },
  },
  'basic.qos-ok': { classId: 60, methodId: 11, sender: 'server', fields: {} },
  'basic.consume': {
    classId: 60,
    methodId: 20,
    sender: 'client',
    fields: {
      reserved: 'reserved-short',
      queue: 'shortstr',
      consumerTag: 'shortstr',
      noLocal: 'bit',
      noAck: 'bit',
      exclusive: 'bit',
      noWait: 'bit',
      arguments: 'table',
    },
  },
  'basic.consume-ok': { classId: 60, methodId: 21, sender: 'server', fields: { consumerTag: 'shortstr' } },
  'basic.cancel': {
    classId: 60,
    methodId: 30,
    sender: 'both',
    fields: { consumerTag: 'shortstr', noWait: 'bit' },
  },
  'basic.cancel-ok': { classId: 60, methodId: 31, sender: 'both', fields: { consumerTag: 'shortstr' } },
  'basic.publish': {
    classId: 60,
    methodId: 40,
    sender: 'client',
    content: true,
    fields: {
      reserved: 'reserved-short',
      exchange: 'shortstr',
      routingKey: 'shortstr',
      mandatory: 'bit',
      immediate: 'bit',
    },
  },
  'basic.return': {
    classId: 60,
    methodId: 50,
    sender: 'server',
    content: true,
    fields: { replyCode: 'short', replyText: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr' },
  },
  'basic.deliver': {
    classId: 60,
    methodId: 60,
    sender: 'server',
    content: true,
    fields: {
      consumerTag: 'shortstr',
      deliveryTag: 'longlong',
      redelivered: 'bit',
      exchange: 'shortstr',
      routingKey: 'shortstr',
    },
  },
  'basic.get': {
    classId: 60,
    methodId: 70,
    sender: 'client',
    fields: { reserved: 'reserved-short', queue: 'shortstr', noAck: 'bit' },
  },
  'basic.get-ok': {
    classId: 60,
    methodId: 71,
    sender: 'server',
    content: true,
    fields: {
      deliveryTag: 'longlong',
      redelivered: 'bit',
      exchange: 'shortstr',
      routingKey: 'shortstr',
      messageCount: 'long',
    },
  },
  'basic.get-empty': {
    classId: 60,
    methodId: 72,
    sender: 'server',
    fields: { reserved: 'reserved-shortstr' },
  },
  'basic.ack': {
    classId: 60,
    methodId: 80,
    sender: 'both',
    fields: { deliveryTag: 'longlong', multiple: 'bit' },
  },
  'basic.reject': {
    classId: 60,
    methodId: 90,
    sender: 'client',
    fields: { deliveryTag: 'longlong', requeue: 'bit' },
  },
  'basic.recover-async': { classId: 60, methodId: 100, sender: 'client', fields: { requeue: 'bit' } },
  'basic.recover': { classId: 60, methodId: 110, sender: 'client', fields: { requeue: 'bit' } },
  'basic.recover-ok': { classId: 60, methodId: 111, sender: 'server', fields: {} },
  'basic.nack': {
    classId: 60,
    methodId: 120,
    sender: 'both',
    fields: { deliveryTag: 'longlong', multiple: 'bit', requeue: 'bit' },
  },

  'confirm.select': { classId: 85, methodId: 10, sender: 'client', fields: { noWait: 'bit' } },
  'confirm.select-ok': { classId: 85, methodId: 11, sender: 'server', fields: {} },

  'tx.select': { classId: 90, methodId: 10, sender: 'client', fields: {} },
  'tx.select-ok': { classId: 90, methodId: 11, sender: 'server', fields: {} },
  'tx.commit': { classId: 90, methodId: 20, sender: 'client', fields: {} },
  'tx.commit-ok': { classId: 90, methodId: 21, sender: 'server', fields: {} },
  'tx.rollback': { classId: 90, methodId: 30, sender: 'client', fields: {} },
  'tx.rollback-ok': { classId: 90, methodId: 31, sender: 'server', fields: {} },
} as const satisfies Readonly<Record<string, MethodSpecification>>;
