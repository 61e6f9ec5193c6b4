/**
 * What a channel declares, binds and deletes. Invariant: an empty queue name stands for the one that the channel
 * declared last.
 */
import { SluiceError } from '../kernel/index.js';
import type { Connection } from './connection.js';
import type { BrokerCore } from './core.js';
import type {
  BindingDeclaration,
  ExchangeDeclaration,
  QueueCounts,
  QueueDeclaration,
  TopologyAnswer,
} from './face.js';
import { purge } from './purge.js';
import type { Queue } from './queue.js';
import { replyQueueName } from './reply-targets.js';
import { SingleMessages } from './single-messages.js';
import type { ChannelMessages } from './single-messages-face.js';
import type { VirtualHost } from './state.js';

export class ChannelTopology {
  readonly #core: BrokerCore;
  readonly #connection: Connection;
  #messages: SingleMessages | undefined;
  #lastQueue = '';

  constructor(core: BrokerCore, connection: Connection) {
    this.#core = core;
    this.#connection = connection;
  }

  get #vhost(): VirtualHost {
    return this.#connection.vhost;
  }

  /** Made when somebody asks: few channels do. */
  get messages(): ChannelMessages {
    return (this.#messages ??= new SingleMessages(this.#core, this.#connection));
  }

  declareQueue(declaration: QueueDeclaration): QueueCounts & TopologyAnswer {
    const { queue, sequence, changed } = this.#core.topology.declareQueue(
      this.#vhost,
      declaration,
      this.#connection,
    );
    if (queue.owner === this.#connection) this.#connection.exclusiveQueues.add(queue);
    this.#lastQueue = queue.name;
    return { ...countsOf(queue), sequence, changed };
  }

  describeQueue(name: string): QueueCounts {
    if (name === replyQueueName || this.#core.replyTargets.has(name))
      return { name, messageCount: 0, consumerCount: 1 };
    const queue = this.#core.topology.queue(this.#vhost, this.resolveQueueName(name), this.#connection);
    this.#core.used(queue);
    this.#lastQueue = queue.name;
    return countsOf(queue);
  }

  requireRoom(name: string, messages: number, bytes: number): void {
    const queue = this.#core.topology.queue(this.#vhost, name, this.#connection);
    this.#core.publisher.requireRoom(queue, messages, bytes);
  }

  deleteQueue(
    name: string,
    ifUnused: boolean,
    ifEmpty: boolean,
  ): TopologyAnswer & { readonly messageCount: number } {
    const resolved = this.resolveQueueName(name);
    return this.#core.topology.deleteQueue(this.#vhost, resolved, ifUnused, ifEmpty, this.#connection);
  }

  purgeQueue(name: string): { readonly messageCount: number; readonly sequence: number } {
    const core = this.#core;
    const queue = core.topology.queue(this.#vhost, this.resolveQueueName(name), this.#connection);
    const messageCount = purge(core, queue, this.#connection.party);
    return { messageCount, sequence: core.journal.lastSequence };
  }

  bindQueue(binding: BindingDeclaration): TopologyAnswer {
    const destination = this.resolveQueueName(binding.destination);
    const routingKey =
      binding.destination === '' && binding.routingKey === '' ? destination : binding.routingKey;
    const resolved = { ...binding, destination, routingKey };
    return this.#core.topology.bind(this.#vhost, 'queue', resolved, this.#connection);
  }

  unbindQueue(binding: BindingDeclaration): TopologyAnswer {
    const resolved = { ...binding, destination: this.resolveQueueName(binding.destination) };
    return this.#core.topology.unbind(this.#vhost, 'queue', resolved, this.#connection);
  }

  declareExchange(declaration: ExchangeDeclaration): TopologyAnswer {
    return this.#core.topology.declareExchange(this.#vhost, declaration);
  }

  describeExchange(name: string): void {
    this.#core.topology.exchange(this.#vhost, name);
  }

  deleteExchange(name: string, ifUnused: boolean): TopologyAnswer {
    return this.#core.topology.deleteExchange(this.#vhost, name, ifUnused);
  }

  bindExchange(binding: BindingDeclaration): TopologyAnswer {
    return this.#core.topology.bind(this.#vhost, 'exchange', binding, this.#connection);
  }

  unbindExchange(binding: BindingDeclaration): TopologyAnswer {
    return this.#core.topology.unbind(this.#vhost, 'exchange', binding, this.#connection);
  }

  resolveQueueName(name: string): string {
    if (name !== '') return name;
    if (this.#lastQueue === '') throw new SluiceError('not-found', 'no previously declared queue');
    return this.#lastQueue;
  }
}

function countsOf(queue: Queue): QueueCounts {
  return { name: queue.name, messageCount: queue.backlog.waiting, consumerCount: queue.consumers.count };
}
