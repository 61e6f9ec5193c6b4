/**
 * The exchange and queue classes: checks the rights RabbitMQ's access control table asks for, changes the
 * topology, and gives the reply with the journal sequence it must wait for.
 */
import type { BindingDeclaration, BrokerChannel } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import type { FieldTable } from '../../broker/index.js';
import type { Method, MethodOf } from './codec/index.js';
import { isDirectReplyQueue } from './direct-reply.js';
import type { Rights } from './rights.js';

/** A reply that must not leave before `sequence` is durable; 0: at once. */
export interface Answer {
  readonly method: Method;
  readonly sequence: number;
}

/** What topology methods need of their channel. */
export interface TopologyScope {
  readonly broker: BrokerChannel;
  readonly rights: Rights;
  /** Told of a change that was made, for the audit log: `queue 'orders'`. */
  readonly changed: (event: 'topology-created' | 'topology-deleted', subject: string) => void;
}

type Handlers = {
  readonly [Name in TopologyMethodName]: (scope: TopologyScope, method: MethodOf<Name>) => Answer;
};

/** The methods handled here. */
export type TopologyMethodName =
  | 'exchange.declare'
  | 'exchange.delete'
  | 'exchange.bind'
  | 'exchange.unbind'
  | 'queue.declare'
  | 'queue.delete'
  | 'queue.purge'
  | 'queue.bind'
  | 'queue.unbind';

/** One function for each method. Each throws `SluiceError` for what is refused. */
export const topologyHandlers: Handlers = {
  'exchange.declare': declareExchange,
  'exchange.delete': (scope, { exchange, ifUnused }) => {
    scope.rights.require('configure', 'exchange', exchange);
    const { sequence, changed } = scope.broker.deleteExchange(exchange, ifUnused);
    if (changed) scope.changed('topology-deleted', `exchange '${exchange}'`);
    return { method: { name: 'exchange.delete-ok' }, sequence };
  },
  'exchange.bind': (scope, method) => {
    requireBinding(scope, 'exchange', method.destination, method.source, method.routingKey);
    const { sequence } = scope.broker.bindExchange(exchangeBinding(method));
    return { method: { name: 'exchange.bind-ok' }, sequence };
  },
  'exchange.unbind': (scope, method) => {
    requireBinding(scope, 'exchange', method.destination, method.source, method.routingKey);
    const { sequence } = scope.broker.unbindExchange(exchangeBinding(method));
    return { method: { name: 'exchange.unbind-ok' }, sequence };
  },
  'queue.declare': declareQueue,
  'queue.delete': (scope, method) => {
    const queue = scope.broker.resolveQueueName(method.queue);
    scope.rights.require('configure', 'queue', queue);
    const { messageCount, sequence, changed } = scope.broker.deleteQueue(
      queue,
      method.ifUnused,
      method.ifEmpty,
    );
    if (changed) scope.changed('topology-deleted', `queue '${queue}'`);
    return { method: { name: 'queue.delete-ok', messageCount }, sequence };
  },
  'queue.purge': (scope, method) => {
    const queue = scope.broker.resolveQueueName(method.queue);
    scope.rights.require('read', 'queue', queue);
    const { messageCount, sequence } = scope.broker.purgeQueue(queue);
    return { method: { name: 'queue.purge-ok', messageCount }, sequence };
  },
  'queue.bind': (scope, method) => {
    const { sequence } = scope.broker.bindQueue(queueBinding(scope, method));
    return { method: { name: 'queue.bind-ok' }, sequence };
  },
  'queue.unbind': (scope, method) => {
    const { sequence } = scope.broker.unbindQueue(queueBinding(scope, method));
    return { method: { name: 'queue.unbind-ok' }, sequence };
  },
};

function declareExchange(scope: TopologyScope, method: MethodOf<'exchange.declare'>): Answer {
  const ok = { name: 'exchange.declare-ok' } as const;
  const name = method.exchange;
  if (name === '') {
    throw new SluiceError('access-refused', 'operation not permitted on the default exchange');
  }
  scope.rights.require('configure', 'exchange', name);
  if (method.passive) {
    scope.broker.describeExchange(name);
    return { method: ok, sequence: 0 };
  }
  requireTarget(scope, method.arguments, 'alternate-exchange', 'exchange', name);
  const { type, durable, autoDelete, internal, arguments: table } = method;
  const { sequence, changed } = scope.broker.declareExchange({
    name,
    type,
    durable,
    autoDelete,
    internal,
    arguments: table,
  });
  if (changed) scope.changed('topology-created', `exchange '${name}'`);
  return { method: ok, sequence };
}

/** A name the server has yet to make is checked as RabbitMQ checks the one it made: by one that looks alike. */
const madeName = `amq.gen-${'A'.repeat(22)}`;

function declareQueue(scope: TopologyScope, method: MethodOf<'queue.declare'>): Answer {
  if (method.passive) return describeQueue(scope, method.queue);
  const checkedName = method.queue === '' ? madeName : method.queue;
  scope.rights.require('configure', 'queue', checkedName);
  requireTarget(scope, method.arguments, 'x-dead-letter-exchange', 'queue', checkedName);
  const { queue: name, durable, exclusive, autoDelete, arguments: table } = method;
  const counts = scope.broker.declareQueue({ name, durable, exclusive, autoDelete, arguments: table });
  if (counts.changed) scope.changed('topology-created', `queue '${counts.name}'`);
  return declared(counts, counts.sequence);
}

function describeQueue(scope: TopologyScope, name: string): Answer {
  if (isDirectReplyQueue(name)) return declared(scope.broker.describeQueue(name), 0);
  const queue = scope.broker.resolveQueueName(name);
  scope.rights.require('configure', 'queue', queue);
  return declared(scope.broker.describeQueue(queue), 0);
}

function declared(
  counts: { readonly name: string; readonly messageCount: number; readonly consumerCount: number },
  sequence: number,
): Answer {
  const { name: queue, messageCount, consumerCount } = counts;
  return { method: { name: 'queue.declare-ok', queue, messageCount, consumerCount }, sequence };
}

/** An argument that sends messages on to an exchange needs read on their source and write on that exchange. */
function requireTarget(
  scope: TopologyScope,
  table: FieldTable,
  argument: string,
  kind: 'exchange' | 'queue',
  name: string,
): void {
  const target = table.get(argument);
  if (typeof target !== 'string') return;
  scope.rights.require('read', kind, name);
  scope.rights.require('write', 'exchange', target);
}

function requireBinding(
  scope: TopologyScope,
  kind: 'exchange' | 'queue',
  destination: string,
  source: string,
  routingKey: string,
): void {
  scope.rights.require('write', kind, destination);
  scope.rights.require('read', 'exchange', source);
  scope.rights.requireTopic('read', source, routingKey);
}

function exchangeBinding(method: MethodOf<'exchange.bind' | 'exchange.unbind'>): BindingDeclaration {
  const { source, destination, routingKey, arguments: table } = method;
  return { source, destination, routingKey, arguments: table };
}

function queueBinding(
  scope: TopologyScope,
  method: MethodOf<'queue.bind' | 'queue.unbind'>,
): BindingDeclaration {
  const destination = scope.broker.resolveQueueName(method.queue);
  // The specification: no queue and no routing key means the last declared queue's name for both.
  const routingKey = method.queue === '' && method.routingKey === '' ? destination : method.routingKey;
  requireBinding(scope, 'queue', destination, method.exchange, routingKey);
  return { source: method.exchange, destination, routingKey, arguments: method.arguments };
}
