/**
 * Declares, binds and deletes, with RabbitMQ's conditions and its words for refusals. Each change is one record and
 * is applied at once. Invariant: a refused call changes nothing.
 */
import { SluiceError, type Random } from '../kernel/index.js';
import { emptyFieldTable } from './content/index.js';
import { delayedExchangeType, Exchange, type Binding, type Destination } from './exchange.js';
import { bindingId, makeBinding } from './bindings.js';
import type { BindingDeclaration, ExchangeDeclaration, QueueDeclaration, TopologyAnswer } from './face.js';
import { checkSameExchange, checkSameQueue, lockedQueue } from './equivalence.js';
import { governExchange, governQueue } from './policies/govern.js';
import { readQueueSettings } from './queue-settings.js';
import { checkQueueType } from './queue-type-rules.js';
import { hiddenPrefix, type Queue } from './queue.js';
import type { Recorder } from './recorder.js';
import { checkBinding } from './routing/index.js';
import { requestExchange, routingTypeOf, type BrokerState, type VirtualHost } from './state.js';
import { encodeTable, type BindingChange } from './topology-record.js';
import { requireQueueRoom } from './vhost-settings.js';

/** What happens after a change. */
export interface TopologyListener {
  /** The queue is out of the state; its consumers must hear and its messages be released. */
  queueRemoved(queue: Queue): void;
  queueUsed(queue: Queue): void;
}

export interface TopologySettings {
  /** What becomes of queues declared non-durable at a restart. */
  readonly transientQueues: 'keep' | 'drop';
}

export class Topology {
  readonly #state: BrokerState;
  readonly #recorder: Recorder;
  readonly #random: Random;
  readonly #listener: TopologyListener;
  readonly #settings: TopologySettings;

  constructor(
    state: BrokerState,
    recorder: Recorder,
    random: Random,
    listener: TopologyListener,
    settings: TopologySettings,
  ) {
    this.#state = state;
    this.#recorder = recorder;
    this.#random = random;
    this.#listener = listener;
    this.#settings = settings;
  }

  /** A queue that `owner` may use. Throws `not-found`, or `exclusive` for another connection's. */
  queue(vhost: VirtualHost, name: string, owner: object | undefined): Queue {
    const queue = vhost.queues.get(name);
    if (queue === undefined)
      throw new SluiceError('not-found', `no queue '${name}' in vhost '${vhost.name}'`);
    if (queue.owner !== undefined && queue.owner !== owner) throw lockedQueue(queue);
    return queue;
  }

  exchange(vhost: VirtualHost, name: string): Exchange {
    const exchange = vhost.exchanges.get(name);
    if (exchange === undefined)
      throw new SluiceError('not-found', `no exchange '${name}' in vhost '${vhost.name}'`);
    return exchange;
  }

  /** Declares a queue, or checks that it stands as declared: then what another client declared must be durable too. */
  declareQueue(
    vhost: VirtualHost,
    declaration: QueueDeclaration,
    owner: object,
  ): TopologyAnswer & { readonly queue: Queue } {
    this.#requireStanding(vhost);
    const known = declaration.name === '' ? undefined : vhost.queues.get(declaration.name);
    if (known !== undefined) {
      checkSameQueue(known, declaration, owner);
      this.#listener.queueUsed(known);
      return { queue: known, ...this.#unchanged() };
    }
    if (declaration.name.startsWith(hiddenPrefix))
      throw new SluiceError('precondition-failed', 'the name of a queue cannot begin with a null character');
    if (declaration.name.startsWith('amq.')) {
      throw new SluiceError(
        'access-refused',
        `queue name '${declaration.name}' contains reserved prefix 'amq.*'`,
      );
    }
    const name = declaration.name === '' ? this.#makeName('amq.gen-') : declaration.name;
    requireQueueRoom(vhost, vhost.queues.size, name);
    return this.#addQueue(vhost, { ...declaration, name }, owner);
  }

  /** A connection may outlive its virtual host, and even see another of the same name. */
  #requireStanding(vhost: VirtualHost): void {
    if (this.#state.virtualHosts.get(vhost.name) === vhost) return;
    throw new SluiceError('not-found', `no virtual host '${vhost.name}'`);
  }

  /** Nothing to do; but what somebody else did just now must be durable before anyone is told that it stands. */
  #unchanged(): TopologyAnswer {
    return { sequence: this.#recorder.lastSequence, changed: false };
  }

  #makeName(prefix: string): string {
    return prefix + this.#random.bytes(16).toString('base64url');
  }

  #addQueue(
    vhost: VirtualHost,
    declaration: QueueDeclaration,
    owner: object,
  ): TopologyAnswer & { readonly queue: Queue } {
    const { name, durable, exclusive, autoDelete } = declaration;
    const where = `queue '${name}' in vhost '${vhost.name}'`;
    const settings = readQueueSettings(declaration.arguments, where);
    checkQueueType(settings.type, declaration.arguments, where, declaration);
    const isJournaled = !exclusive && (durable || (this.#settings.transientQueues === 'keep' && !autoDelete));
    const queue = this.#state.newQueue({
      id: this.#state.nextQueueId,
      vhost: vhost.name,
      name,
      durable,
      exclusive,
      autoDelete,
      arguments: declaration.arguments,
      settings,
      isJournaled,
      owner: exclusive ? owner : undefined,
    });
    governQueue(queue, vhost.policies);
    this.#state.addQueue(queue);
    this.#listener.queueUsed(queue);
    return { queue, sequence: isJournaled ? this.#recordQueue(queue) : 0, changed: true };
  }

  #recordQueue(queue: Queue, delaysOf?: string): number {
    const { id, vhost, name, durable, autoDelete } = queue;
    const change = {
      op: 'queue',
      id,
      vhost,
      name,
      durable,
      autoDelete,
      arguments: encodeTable(queue.arguments),
    } as const;
    return this.#recorder.topology(delaysOf === undefined ? change : { ...change, delaysOf });
  }

  /** Deletes a queue; no such queue is no error. Returns how many messages were ready. */
  deleteQueue(
    vhost: VirtualHost,
    name: string,
    ifUnused: boolean,
    ifEmpty: boolean,
    owner: object | undefined,
  ): TopologyAnswer & { readonly messageCount: number } {
    if (!vhost.queues.has(name)) return { messageCount: 0, ...this.#unchanged() };
    const queue = this.queue(vhost, name, owner);
    const where = `queue '${name}' in vhost '${vhost.name}'`;
    if (ifUnused && queue.consumers.count > 0) throw new SluiceError('in-use', `${where} in use`);
    if (ifEmpty && queue.backlog.waiting + queue.backlog.delayed + queue.backlog.held > 0)
      throw new SluiceError('not-empty', `${where} is not empty`);
    const messageCount = queue.backlog.waiting;
    return { messageCount, sequence: this.removeQueue(queue), changed: true };
  }

  /** Removes a queue whatever it holds. */
  removeQueue(queue: Queue): number {
    return this.#recorder.atomically(() => this.#removeQueue(queue));
  }

  #removeQueue(queue: Queue): number {
    const sources = [...queue.inbound].map((binding) => binding.source);
    const sequence = queue.isJournaled ? this.#recorder.topology({ op: 'queue-delete', id: queue.id }) : 0;
    this.#state.removeQueue(queue);
    this.#listener.queueRemoved(queue);
    for (const source of sources) this.#deleteIfUnbound(source);
    return sequence;
  }

  /** Declares an exchange, or checks that it stands as declared. */
  declareExchange(vhost: VirtualHost, declaration: ExchangeDeclaration): TopologyAnswer {
    this.#requireStanding(vhost);
    if (declaration.name !== requestExchange) refuseDefault(declaration.name);
    const routingType = routingTypeOf(declaration.type, declaration.arguments);
    if (routingType === undefined) throw unknownType(declaration);
    const known = vhost.exchanges.get(declaration.name);
    if (known !== undefined) {
      checkSameExchange(known, declaration);
      return this.#unchanged();
    }
    if (declaration.name.startsWith('amq.')) {
      throw new SluiceError(
        'access-refused',
        `exchange name '${declaration.name}' contains reserved prefix 'amq.*'`,
      );
    }
    const { name, type, durable, autoDelete, internal } = declaration;
    const isJournaled = durable || (this.#settings.transientQueues === 'keep' && !autoDelete);
    const table = declaration.arguments;
    const exchange = new Exchange({
      vhost: vhost.name,
      name,
      type,
      routingType,
      durable,
      autoDelete,
      internal,
      arguments: table,
      isJournaled,
    });
    return { sequence: this.#recorder.atomically(() => this.#addExchange(vhost, exchange)), changed: true };
  }

  #addExchange(vhost: VirtualHost, exchange: Exchange): number {
    governExchange(exchange, vhost.policies);
    this.#state.addExchange(exchange);
    const { name, type, durable, autoDelete, internal } = exchange;
    let sequence = 0;
    if (exchange.isJournaled) {
      const change = {
        op: 'exchange',
        vhost: vhost.name,
        name,
        type,
        durable,
        autoDelete,
        internal,
        arguments: encodeTable(exchange.arguments),
      } as const;
      sequence = this.#recorder.topology(change);
    }
    return type === delayedExchangeType ? this.#addDelays(vhost, exchange) : sequence;
  }

  /** The hidden queue where a delayed exchange keeps what is not due. */
  #addDelays(vhost: VirtualHost, exchange: Exchange): number {
    const name = `${hiddenPrefix}delays of ${exchange.name}`;
    const queue = this.#state.newQueue({
      id: this.#state.nextQueueId,
      vhost: vhost.name,
      name,
      durable: exchange.durable,
      exclusive: false,
      autoDelete: false,
      arguments: emptyFieldTable,
      settings: readQueueSettings(emptyFieldTable, `queue '${name}'`),
      isJournaled: exchange.isJournaled,
      owner: undefined,
    });
    this.#state.addQueue(queue);
    exchange.delays = queue;
    queue.delaysOf = exchange.name;
    return exchange.isJournaled ? this.#recordQueue(queue, exchange.name) : 0;
  }

  /** Deletes an exchange; no such exchange is no error. */
  deleteExchange(vhost: VirtualHost, name: string, ifUnused: boolean): TopologyAnswer {
    refuseDefault(name);
    if (name.startsWith('amq.')) {
      throw new SluiceError('access-refused', `exchange name '${name}' contains reserved prefix 'amq.*'`);
    }
    const exchange = vhost.exchanges.get(name);
    if (exchange === undefined) return this.#unchanged();
    if (ifUnused && exchange.bindings.size > 0) {
      throw new SluiceError('in-use', `exchange '${name}' in vhost '${vhost.name}' in use`);
    }
    return { sequence: this.#recorder.atomically(() => this.#removeExchange(exchange)), changed: true };
  }

  #removeExchange(exchange: Exchange): number {
    const sources = [...exchange.inbound].map((binding) => binding.source);
    if (exchange.delays !== undefined) this.#removeQueue(exchange.delays);
    const { vhost, name } = exchange;
    const sequence = exchange.isJournaled
      ? this.#recorder.topology({ op: 'exchange-delete', vhost, name })
      : 0;
    this.#state.removeExchange(exchange);
    for (const source of sources) this.#deleteIfUnbound(source);
    return sequence;
  }

  /** An auto-delete exchange goes with its last binding. */
  #deleteIfUnbound(exchange: Exchange): void {
    const stands = this.#state.virtualHosts.get(exchange.vhost)?.exchanges.get(exchange.name) === exchange;
    if (stands && exchange.autoDelete && exchange.bindings.size === 0) this.#removeExchange(exchange);
  }

  bind(
    vhost: VirtualHost,
    kind: 'queue' | 'exchange',
    declaration: BindingDeclaration,
    owner: object | undefined,
  ): TopologyAnswer {
    const { source, destination } = this.#ends(vhost, kind, declaration, owner);
    const { routingKey } = declaration;
    const type = routingTypeOf(source.type, source.arguments);
    if (type !== undefined) checkBinding(type, routingKey, declaration.arguments);
    const binding = makeBinding(source, destination, routingKey, declaration.arguments);
    if (source.bindings.has(binding.id)) return this.#unchanged();
    this.#state.addBinding(binding);
    return {
      sequence: binding.isJournaled ? this.#recorder.topology(changeOf('bind', binding)) : 0,
      changed: true,
    };
  }

  /** Removes a binding; no such binding is no error, nor is the lack of either end. */
  unbind(
    vhost: VirtualHost,
    kind: 'queue' | 'exchange',
    declaration: BindingDeclaration,
    owner: object | undefined,
  ): TopologyAnswer {
    refuseDefaultEnds(kind, declaration);
    const source = vhost.exchanges.get(declaration.source);
    const id = bindingId(kind, declaration.destination, declaration.routingKey, declaration.arguments);
    const binding = source?.bindings.get(id);
    if (source === undefined || binding === undefined) return this.#unchanged();
    if (kind === 'queue') this.queue(vhost, declaration.destination, owner);
    return this.#recorder.atomically(() => {
      const sequence = binding.isJournaled ? this.#recorder.topology(changeOf('unbind', binding)) : 0;
      this.#state.removeBinding(binding);
      this.#deleteIfUnbound(source);
      return { sequence, changed: true };
    });
  }

  #ends(
    vhost: VirtualHost,
    kind: 'queue' | 'exchange',
    declaration: BindingDeclaration,
    owner: object | undefined,
  ): { readonly source: Exchange; readonly destination: Destination } {
    refuseDefaultEnds(kind, declaration);
    const destination =
      kind === 'queue'
        ? this.queue(vhost, declaration.destination, owner)
        : this.exchange(vhost, declaration.destination);
    return { source: this.exchange(vhost, declaration.source), destination };
  }
}

function changeOf(op: 'bind' | 'unbind', binding: Binding): BindingChange {
  const { source, destination, routingKey } = binding;
  return {
    op,
    vhost: source.vhost,
    source: source.name,
    destinationKind: destination.kind,
    destination: destination.name,
    routingKey,
    arguments: encodeTable(binding.arguments),
  };
}

/** The two exchanges whose part no client has a say in. */
function refuseDefault(name: string): void {
  if (name === '') throw new SluiceError('access-refused', 'operation not permitted on the default exchange');
  if (name === requestExchange)
    throw new SluiceError('access-refused', `operation not permitted on exchange '${requestExchange}'`);
}

function refuseDefaultEnds(kind: 'queue' | 'exchange', declaration: BindingDeclaration): void {
  refuseDefault(declaration.source);
  if (kind === 'exchange') refuseDefault(declaration.destination);
}

function unknownType(declaration: ExchangeDeclaration): SluiceError {
  const asked = declaration.type === delayedExchangeType ? 'x-delayed-type' : declaration.type;
  return new SluiceError('precondition-failed', `unknown exchange type '${asked}'`);
}
