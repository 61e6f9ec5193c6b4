/**
 * The fold: the broker's whole state and what each record does to it. `apply…` decide nothing and read no clock;
 * the live broker and recovery call the same ones. Invariant: `hash()` sums exactly what is durable.
 */
import { assert, SluiceError } from '../kernel/index.js';
import type { HashSecret } from '../scheduling/index.js';
import type { LivenessAccount } from './backlog.js';
import type { NewEntry } from './new-entry.js';
import { emptyFieldTable, type FieldTable } from './content/index.js';
import { countEntry } from './entry-hash.js';
import {
  Exchange,
  delayedExchangeType,
  exchangeTypes,
  type Binding,
  type Destination,
  type ExchangeType,
} from './exchange.js';
import type { ChunkReference } from './face.js';
import { EntryState, pageEntries, type Page } from './page.js';
import type { UnroutableCounts } from './measures/face.js';
import { readQueueSettings } from './queue-settings.js';
import { Queue } from './queue.js';
import { addCounters, newQueueCounters, type QueueCounters } from './queue-counters.js';
import type { RecordHashes } from './records/record-hashes.js';
import { RecordStore } from './records/record-store.js';
import { PolicyBook } from './policies/policy-book.js';
import { applyPolicy, clearPolicies } from './policies/apply-policy.js';
import { StateHash } from './state-hash.js';
import { bindingId, makeBinding } from './bindings.js';
import { bindingText, exchangeText, queueText } from './topology-text.js';
import {
  decodeTable,
  type BindingChange,
  type ExchangeChange,
  type QueueChange,
  type TopologyChange,
} from './topology-record.js';
import { applyVhostSettings, noVhostSettings, type VhostSettings } from './vhost-settings.js';

export interface VirtualHost {
  readonly name: string;
  readonly exchanges: Map<string, Exchange>;
  readonly queues: Map<string, Queue>;
  readonly records: RecordStore;
  readonly policies: PolicyBook;
  /** What its queues that are gone have counted. */
  readonly retired: QueueCounters;
  readonly unroutable: UnroutableCounts;
  settings: VhostSettings;
  /** Clients over the network. */
  clients: number;
}

/** What is published to it is a request to the broker and never routed; docs/formats/requests.md tells which. */
export const requestExchange = 'sluice';

/** The exchanges every virtual host has. */
const predeclared: readonly (readonly [name: string, type: ExchangeType, internal: boolean])[] = [
  ['', 'direct', false],
  ['amq.direct', 'direct', false],
  ['amq.fanout', 'fanout', false],
  ['amq.topic', 'topic', false],
  ['amq.headers', 'headers', false],
  ['amq.match', 'headers', false],
  ['amq.rabbitmq.trace', 'topic', true],
  [requestExchange, 'direct', false],
];

export class BrokerState {
  readonly virtualHosts = new Map<string, VirtualHost>();
  /** Every queue, hidden ones too, by the number that records use. */
  readonly queues = new Map<number, Queue>();
  readonly #topologyHash = new StateHash();
  readonly #account: LivenessAccount;
  /** Keys of messages are hashed with it; the same for the life of the data directory. */
  secret: HashSecret | undefined = undefined;
  nextQueueId = 1;
  /** Grows with every change of what routing depends on. */
  topologyVersion = 1;

  constructor(account: LivenessAccount) {
    this.#account = account;
  }

  /** The hash of everything durable. */
  hash(): StateHash {
    const whole = new StateHash();
    whole.include(this.#topologyHash);
    for (const queue of this.queues.values()) if (queue.isJournaled) whole.include(queue.hash);
    for (const { records } of this.virtualHosts.values()) whole.include(records.hash);
    return whole;
  }

  vhost(name: string): VirtualHost {
    const found = this.virtualHosts.get(name);
    if (found === undefined) throw new SluiceError('not-found', `no virtual host '${name}'`);
    return found;
  }

  /** Applies a change that the journal holds, or that a snapshot was made of. */
  applyTopology(change: TopologyChange): void {
    switch (change.op) {
      case 'secret':
        this.secret = { low: change.low, high: change.high };
        return;
      case 'vhost':
        this.#addVirtualHost(change.name);
        return;
      case 'vhost-settings': {
        const vhost = this.virtualHosts.get(change.name);
        if (vhost !== undefined) applyVhostSettings(vhost, change, this.#topologyHash);
        return;
      }
      case 'vhost-delete':
        this.#removeVirtualHost(change.name);
        return;
      case 'queue':
        this.addQueue(this.queueOf(change));
        return;
      case 'queue-delete': {
        const queue = this.queues.get(change.id);
        if (queue !== undefined) this.removeQueue(queue).releaseAllNow();
        return;
      }
      case 'queue-pause': {
        const queue = this.queues.get(change.id);
        if (queue !== undefined) this.applyPause(queue, change.paused);
        return;
      }
      case 'exchange':
        this.addExchange(this.exchangeOf(change));
        return;
      case 'exchange-delete': {
        const exchange = this.virtualHosts.get(change.vhost)?.exchanges.get(change.name);
        if (exchange !== undefined) this.removeExchange(exchange);
        return;
      }
      case 'bind':
        this.#applyBind(change);
        return;
      case 'unbind': {
        const binding = this.#findBinding(change);
        if (binding !== undefined) this.removeBinding(binding);
        return;
      }
      case 'policy':
      case 'policy-clear': {
        const policies = this.virtualHosts.get(change.vhost)?.policies;
        if (policies !== undefined) applyPolicy(change, policies, this.#topologyHash);
        return;
      }
      default:
        throw new SluiceError('format-newer', `a change of topology is not known: ${JSON.stringify(change)}`);
    }
  }

  #addVirtualHost(name: string): void {
    if (this.virtualHosts.has(name)) return;
    const records = new RecordStore(name, this.#account);
    const counts = { retired: newQueueCounters(), unroutable: { returned: 0, dropped: 0 } };
    const policies = new PolicyBook();
    const used = { settings: noVhostSettings, clients: 0 };
    const empty = { exchanges: new Map(), queues: new Map() };
    this.virtualHosts.set(name, { name, ...empty, records, policies, ...counts, ...used });
    this.#topologyHash.topology(1, `vhost\0${name}`);
    for (const [exchange, type, internal] of predeclared) {
      this.addExchange(
        new Exchange({
          vhost: name,
          name: exchange,
          type,
          routingType: type,
          durable: true,
          autoDelete: false,
          internal,
          arguments: emptyFieldTable,
          // Counted in no hash: journals that are older than this exchange keep theirs.
          isJournaled: exchange !== requestExchange,
        }),
      );
    }
  }

  #removeVirtualHost(name: string): void {
    const vhost = this.virtualHosts.get(name);
    if (vhost === undefined) return;
    for (const queue of [...vhost.queues.values()]) this.removeQueue(queue).releaseAllNow();
    for (const exchange of [...vhost.exchanges.values()]) {
      if (exchange.delays !== undefined) this.removeQueue(exchange.delays).releaseAllNow();
      this.removeExchange(exchange);
    }
    clearPolicies(vhost.policies, this.#topologyHash);
    applyVhostSettings(vhost, noVhostSettings, this.#topologyHash);
    vhost.records.releaseAllNow();
    this.virtualHosts.delete(name);
    this.#topologyHash.topology(-1, `vhost\0${name}`);
    this.topologyVersion++;
  }

  /** A queue as a record describes it. */
  queueOf(change: QueueChange): Queue {
    const table = decodeTable(change.arguments);
    const where = `queue '${change.name}' in vhost '${change.vhost}'`;
    const settings = readQueueSettings(table, where);
    const options = {
      id: change.id,
      vhost: change.vhost,
      name: change.name,
      durable: change.durable,
      exclusive: false,
      autoDelete: change.autoDelete,
      arguments: table,
      settings,
      isJournaled: true,
      owner: undefined,
    };
    const queue = this.newQueue(options);
    if (change.delaysOf !== undefined) this.#attachDelays(queue, change.delaysOf);
    return queue;
  }

  newQueue(options: ConstructorParameters<typeof Queue>[0]): Queue {
    return new Queue(options, this.#account, this.secret);
  }

  #attachDelays(queue: Queue, exchangeName: string): void {
    const exchange = this.virtualHosts.get(queue.vhost)?.exchanges.get(exchangeName);
    queue.delaysOf = exchangeName;
    if (exchange !== undefined) exchange.delays = queue;
  }

  #detachDelays(queue: Queue): void {
    if (queue.delaysOf === undefined) return;
    const exchange = this.virtualHosts.get(queue.vhost)?.exchanges.get(queue.delaysOf);
    if (exchange?.delays === queue) exchange.delays = undefined;
  }

  addQueue(queue: Queue): void {
    const vhost = this.vhost(queue.vhost);
    this.queues.set(queue.id, queue);
    this.nextQueueId = Math.max(this.nextQueueId, queue.id + 1);
    if (queue.isJournaled) this.#topologyHash.topology(1, queueText(queue));
    if (!queue.isHidden) vhost.queues.set(queue.name, queue);
    this.topologyVersion++;
  }

  /** Takes a queue and its bindings out; its messages are released by the caller, at its own pace. */
  removeQueue(queue: Queue): Queue {
    queue.isDeleted = true;
    this.applyPause(queue, false);
    this.#detachDelays(queue);
    for (const binding of [...queue.inbound]) this.removeBinding(binding);
    const vhost = this.virtualHosts.get(queue.vhost);
    if (!queue.isHidden && vhost?.queues.delete(queue.name) === true)
      addCounters(vhost.retired, queue.counters);
    this.queues.delete(queue.id);
    if (queue.isJournaled) this.#topologyHash.topology(-1, queueText(queue));
    this.topologyVersion++;
    return queue;
  }

  applyPause(queue: Queue, isPaused: boolean): void {
    if (queue.isPaused === isPaused) return;
    queue.consumers.isPaused = isPaused;
    if (queue.isJournaled) this.#topologyHash.topology(isPaused ? 1 : -1, `paused\0${queue.id}`);
  }

  exchangeOf(change: ExchangeChange): Exchange {
    const table = decodeTable(change.arguments);
    const { vhost, name, type, durable, autoDelete, internal } = change;
    const routingType = routingTypeOf(type, table);
    assert(routingType !== undefined, 'a recorded exchange has a known type');
    return new Exchange({
      vhost,
      name,
      type,
      routingType,
      durable,
      autoDelete,
      internal,
      arguments: table,
      isJournaled: true,
    });
  }

  addExchange(exchange: Exchange): void {
    this.vhost(exchange.vhost).exchanges.set(exchange.name, exchange);
    if (exchange.isJournaled) this.#topologyHash.topology(1, exchangeText(exchange));
    this.topologyVersion++;
  }

  removeExchange(exchange: Exchange): void {
    for (const binding of [...exchange.bindings.values(), ...exchange.inbound]) this.removeBinding(binding);
    this.virtualHosts.get(exchange.vhost)?.exchanges.delete(exchange.name);
    if (exchange.isJournaled) this.#topologyHash.topology(-1, exchangeText(exchange));
    this.topologyVersion++;
  }

  destination(vhost: VirtualHost, kind: 'queue' | 'exchange', name: string): Destination | undefined {
    return kind === 'queue' ? vhost.queues.get(name) : vhost.exchanges.get(name);
  }

  #applyBind(change: BindingChange): void {
    const vhost = this.virtualHosts.get(change.vhost);
    const source = vhost?.exchanges.get(change.source);
    const destination =
      vhost === undefined ? undefined : this.destination(vhost, change.destinationKind, change.destination);
    if (source === undefined || destination === undefined) return;
    this.addBinding(makeBinding(source, destination, change.routingKey, decodeTable(change.arguments)));
  }

  #findBinding(change: BindingChange): Binding | undefined {
    const source = this.virtualHosts.get(change.vhost)?.exchanges.get(change.source);
    return source?.bindings.get(
      bindingId(change.destinationKind, change.destination, change.routingKey, decodeTable(change.arguments)),
    );
  }

  addBinding(binding: Binding): void {
    const { source, destination } = binding;
    if (source.bindings.has(binding.id)) return;
    source.bindings.set(binding.id, binding);
    destination.inbound.add(binding);
    source.index.add(binding.routingKey, destination, binding.arguments);
    if (binding.isJournaled) this.#topologyHash.topology(1, bindingText(binding));
    this.topologyVersion++;
  }

  removeBinding(binding: Binding): void {
    const { source, destination } = binding;
    if (!source.bindings.delete(binding.id)) return;
    destination.inbound.delete(binding);
    source.index.remove(binding.routingKey, destination, binding.arguments);
    if (binding.isJournaled) this.#topologyHash.topology(-1, bindingText(binding));
    this.topologyVersion++;
  }

  /** A message enters a queue. Replay only stores it; the live broker places it too. */
  applyEntry(
    queue: Queue,
    entry: NewEntry,
    chunks: readonly ChunkReference[] | undefined,
    live: boolean,
  ): void {
    const isDurable = !entry.transient && queue.isJournaled;
    if (isDurable) queue.hash.message(1, queue.id, entry.position, entry.size);
    if (live) queue.admit(entry, chunks);
    else queue.store(entry, chunks);
    if (entry.awaited === undefined) return;
    if (isDurable) queue.hash.hold(1, queue.id, entry.position);
    this.beginWait(queue, entry.position, isDurable, entry.awaited);
  }

  beginWait(queue: Queue, position: number, isDurable: boolean, awaited: RecordHashes): void {
    queue.held.add(this.vhost(queue.vhost).records.waits.add(queue.id, position, isDurable, awaited));
  }

  /** Puts a page of a snapshot back. */
  restorePage(queue: Queue, base: number, page: Page): void {
    queue.backlog.restorePage(base, page);
    if (page.live === 0) return;
    for (let slot = 0; slot < pageEntries; slot++) countEntry(queue, 1, base + slot, page, slot);
  }

  /** A message leaves a queue for good. False: it had left. */
  applySettle(queue: Queue, position: number): boolean {
    const page = queue.backlog.pageOf(position);
    const slot = position % pageEntries;
    if (page === undefined || page.state(slot) === EntryState.gone) return false;
    countEntry(queue, -1, position, page, slot);
    return queue.settle(position);
  }

  /**
   * A message is held back until `dueMs` at its own place, or, at 0, no longer. `isFailure`: a delivery of it failed.
   * In the columns alone; the live broker lets `Queue.placeHeldBack` follow. False: it had left.
   */
  applyHoldBack(queue: Queue, position: number, dueMs: number, isFailure: boolean): boolean {
    const page = queue.backlog.pageOf(position);
    const slot = position % pageEntries;
    if (page === undefined || page.state(slot) === EntryState.gone) return false;
    countEntry(queue, -1, position, page, slot);
    queue.holdBack(position, dueMs, isFailure);
    countEntry(queue, 1, position, page, slot);
    return true;
  }
}

/** The type whose rules an exchange routes by; undefined: no such type. */
export function routingTypeOf(type: string, table: FieldTable): ExchangeType | undefined {
  const named = type === delayedExchangeType ? table.get('x-delayed-type') : type;
  return exchangeTypes.find((known) => known === named);
}
