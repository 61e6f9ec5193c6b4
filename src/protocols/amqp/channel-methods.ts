/**
 * What each method does that a client may send on an open channel, besides publishing and acknowledging. One
 * function for each, in a table that the compiler checks is complete.
 */
import { encodeText, textBytes, type BrokerChannel, type GetReply } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import { methodNumber, ProtocolViolation, replyCodes, type Method, type MethodOf } from './codec/index.js';
import { directReplyQueue } from './direct-reply.js';
import type { Publishing } from './publishing.js';
import type { SessionHost } from './session-host.js';
import { topologyHandlers, type TopologyMethodName } from './topology.js';

/** A consumer of the channel. */
export interface ConsumerEntry {
  readonly queue: string;
  /** The consumer tag as it travels, without its length. */
  readonly tagBytes: Buffer;
}

/** What the handlers need of their channel. */
export interface ChannelScope {
  readonly number: number;
  readonly host: SessionHost;
  readonly broker: BrokerChannel;
  readonly publishing: Publishing;
  /** By consumer tag. */
  readonly consumers: Map<string, ConsumerEntry>;
  readonly isOpen: boolean;
  /** Messages sent to the client. */
  delivered: number;
  redelivered: number;
  /** Sends a method of this channel once `sequence` is durable. */
  send(method: Method, sequence?: number): void;
  closeByClient(): void;
}

type ChannelMethodName =
  | TopologyMethodName
  | 'channel.flow'
  | 'channel.flow-ok'
  | 'channel.close'
  | 'access.request'
  | 'basic.qos'
  | 'basic.consume'
  | 'basic.cancel'
  | 'basic.cancel-ok'
  | 'basic.get'
  | 'basic.recover'
  | 'basic.recover-async'
  | 'confirm.select'
  | 'tx.select'
  | 'tx.commit'
  | 'tx.rollback';

type Handlers = {
  readonly [Name in ChannelMethodName]: (scope: ChannelScope, method: MethodOf<Name>) => void;
};

const ignored = (): void => undefined;

export const channelHandlers: Handlers = {
  'channel.flow': (scope, { active }) => {
    scope.broker.setFlow(active);
    scope.send({ name: 'channel.flow-ok', active });
  },
  'channel.flow-ok': ignored,
  'channel.close': (scope) => {
    scope.closeByClient();
  },
  // Kept from AMQP 0-8 by some clients; the ticket means nothing.
  'access.request': (scope) => {
    scope.send({ name: 'access.request-ok', ticket: 1 });
  },
  'exchange.declare': topology('exchange.declare'),
  'exchange.delete': topology('exchange.delete'),
  'exchange.bind': topology('exchange.bind'),
  'exchange.unbind': topology('exchange.unbind'),
  'queue.declare': topology('queue.declare'),
  'queue.delete': topology('queue.delete'),
  'queue.purge': topology('queue.purge'),
  'queue.bind': topology('queue.bind'),
  'queue.unbind': topology('queue.unbind'),
  'basic.qos': (scope, method) => {
    if (method.prefetchSize !== 0) {
      const message = `prefetch_size!=0 (${method.prefetchSize})`;
      throw new ProtocolViolation(replyCodes.notImplemented, message, methodNumber(method.name));
    }
    scope.broker.setPrefetch(method.prefetchCount, method.global);
    scope.send({ name: 'basic.qos-ok' });
  },
  'basic.consume': consume,
  'basic.cancel': (scope, { consumerTag, noWait }) => {
    scope.broker.cancel(consumerTag);
    scope.consumers.delete(consumerTag);
    if (!noWait) scope.send({ name: 'basic.cancel-ok', consumerTag });
  },
  'basic.cancel-ok': ignored,
  'basic.get': get,
  'basic.recover': (scope, { requeue }) => {
    scope.broker.recover(requeue);
    scope.send({ name: 'basic.recover-ok' });
  },
  'basic.recover-async': (scope, { requeue }) => {
    scope.broker.recover(requeue);
  },
  'confirm.select': (scope, { noWait }) => {
    if (scope.publishing.mode === 'transaction') throw refused('cannot switch from tx to confirm mode');
    scope.publishing.mode = 'confirm';
    if (!noWait) scope.send({ name: 'confirm.select-ok' });
  },
  'tx.select': (scope) => {
    if (scope.publishing.mode === 'confirm') throw refused('cannot switch from confirm to tx mode');
    if (scope.publishing.mode === 'plain') scope.broker.selectTransaction();
    scope.publishing.mode = 'transaction';
    scope.send({ name: 'tx.select-ok' });
  },
  'tx.commit': commit,
  'tx.rollback': (scope) => {
    requireTransaction(scope);
    scope.broker.rollbackTransaction();
    scope.publishing.requests?.abandoned();
    scope.send({ name: 'tx.rollback-ok' });
  },
};

/** Whether `method` is one that `channelHandlers` takes. */
export function isChannelMethod(method: Method): method is Extract<Method, { name: ChannelMethodName }> {
  return Object.hasOwn(channelHandlers, method.name);
}

function topology<Name extends TopologyMethodName>(
  name: Name,
): (scope: ChannelScope, method: MethodOf<Name>) => void {
  const handler = topologyHandlers[name];
  return (scope, method) => {
    const { rights } = scope.host;
    const answer = handler({ broker: scope.broker, rights, changed: scope.host.topologyChanged }, method);
    if (!('noWait' in method && method.noWait === true)) scope.send(answer.method, answer.sequence);
  };
}

function consume(scope: ChannelScope, method: MethodOf<'basic.consume'>): void {
  if (method.consumerTag !== '' && scope.consumers.has(method.consumerTag)) {
    const message = `attempt to reuse consumer tag '${method.consumerTag}'`;
    throw new ProtocolViolation(replyCodes.notAllowed, message, methodNumber(method.name));
  }
  const queue =
    method.queue === directReplyQueue ? method.queue : scope.broker.resolveQueueName(method.queue);
  scope.host.requireConsume(queue);
  const consumerTag = scope.broker.consume({
    queue,
    consumerTag: method.consumerTag,
    noAck: method.noAck,
    exclusive: method.exclusive,
    arguments: method.arguments,
  });
  scope.consumers.set(consumerTag, { queue, tagBytes: encodedText(consumerTag) });
  if (!method.noWait) scope.send({ name: 'basic.consume-ok', consumerTag });
  scope.broker.start(consumerTag);
}

/** Methods behind a `get` wait for its answer, which may need the disk. */
function get(scope: ChannelScope, method: MethodOf<'basic.get'>): void {
  const queue = scope.broker.resolveQueueName(method.queue);
  scope.host.rights.require('read', 'queue', queue);
  const resume = scope.host.suspend();
  try {
    scope.broker.get(queue, method.noAck, (answer) => {
      if (scope.isOpen) answerGet(scope, answer);
      resume();
    });
  } catch (refusal) {
    resume();
    throw refusal;
  }
}

function answerGet(scope: ChannelScope, answer: GetReply): void {
  switch (answer.kind) {
    case 'empty':
      scope.send({ name: 'basic.get-empty' });
      return;
    case 'message':
      scope.delivered++;
      if (answer.redelivered) scope.redelivered++;
      scope.host.answerGet(scope.number, answer);
      return;
    case 'failed':
      scope.host.failConnection(new SluiceError('disk-failed', answer.message), methodNumber('basic.get'));
      return;
  }
}

function commit(scope: ChannelScope): void {
  requireTransaction(scope);
  const outcome = scope.broker.commitTransaction();
  const { requests } = scope.publishing;
  if (outcome.kind === 'conflict') {
    requests?.abandoned(outcome);
    throw refused(`record '${outcome.key}' is not as expected`);
  }
  const { sequence, returned, rejected } = outcome;
  if (rejected) throw refused('partial_tx_completion');
  requests?.committed(sequence);
  for (const message of returned) scope.host.returnBuffered(scope.number, message);
  scope.send({ name: 'tx.commit-ok' }, sequence);
}

function requireTransaction(scope: ChannelScope): void {
  if (scope.publishing.mode !== 'transaction') throw refused('channel is not transactional');
}

function encodedText(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(textBytes(text));
  encodeText(bytes, 0, text);
  return bytes;
}

function refused(message: string): SluiceError {
  return new SluiceError('precondition-failed', message);
}
