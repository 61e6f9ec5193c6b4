/** Views of the broker, and changes by its operators: for the control socket, the HTTP API and definitions. */
import { SluiceError } from '../kernel/index.js';
import { ConsumerControl } from './consumer-control.js';
import type { BrokerCore } from './core.js';
import { explainWait, type WaitExplanation } from './explanation.js';
import type {
  BindingReport,
  BrokerAdministration,
  ExchangeReport,
  Operator,
  PolicyRules,
  QueueReport,
  RouteReport,
  StoredMessage,
} from './administration-face.js';
import type { Exchange } from './exchange.js';
import type { BrokerConnection } from './face.js';
import { dueAt, frontPositions, type FrontRequest } from './front-positions.js';
import { EntryState } from './page.js';
import { MeasuresView } from './measures/measures-view.js';
import { inboundOf } from './made-message.js';
import { MessageHeaders } from './message-headers.js';
import { MessageReader } from './message-reader.js';
import { scanMessages } from './message-scan.js';
import type { Governance } from './policies/policy-book.js';
import { PolicyKeeper } from './policies/policy-keeper.js';
import { QueueControl } from './queue-control.js';
import type { QueueCounters } from './queue-counters.js';
import { figuresOf } from './queue-figures.js';
import type { Queue } from './queue.js';
import { SettleReason } from './record-types.js';
import type { RecordReport } from './records/face.js';
import type { MessageScan, ScanOutcome } from './scan-face.js';
import type { VirtualHost } from './state.js';
import { checkVhostSettings, vhostSettingsChange, type VhostSettings } from './vhost-settings.js';

/** What administration asks of the broker. */
export interface AdministrationParts {
  readonly connect: Administration['connect'];
}

export class Administration implements BrokerAdministration {
  readonly #core: BrokerCore;
  /** Opens a connection for an operator's own work. */
  readonly connect: (info: {
    readonly name: string;
    readonly user: string;
    readonly vhost: string;
  }) => BrokerConnection;

  readonly queues: QueueControl;
  readonly consumers: ConsumerControl;
  readonly measures: MeasuresView;
  readonly policies: PolicyKeeper;
  readonly #reader: MessageReader;
  readonly #pause: () => Promise<void>;

  constructor(core: BrokerCore, parts: AdministrationParts) {
    this.#core = core;
    this.#pause = () => new Promise(core.later);
    this.connect = parts.connect;
    this.#reader = new MessageReader(core);
    this.queues = new QueueControl(core, this.#reader);
    this.consumers = new ConsumerControl(core);
    this.measures = new MeasuresView(core);
    this.policies = new PolicyKeeper(core);
  }

  createVirtualHost(name: string): { readonly created: boolean; readonly sequence: number } {
    const { state, recorder } = this.#core;
    if (name === '' || Buffer.byteLength(name) > 255) {
      throw new SluiceError('bad-input', 'the name of a virtual host has 1 to 255 bytes');
    }
    if (state.virtualHosts.has(name)) return { created: false, sequence: 0 };
    const change = { op: 'vhost', name } as const;
    state.applyTopology(change);
    return { created: true, sequence: recorder.topology(change) };
  }

  vhostSettings(name: string): VhostSettings {
    return this.#core.state.vhost(name).settings;
  }

  setVhost(name: string, changes: Partial<VhostSettings>): { readonly sequence: number } {
    const { state, recorder } = this.#core;
    const settings = { ...state.vhost(name).settings, ...changes };
    checkVhostSettings(settings);
    const nothingSet = { op: 'vhost-settings', name, description: '', tags: [] } as const;
    const change = vhostSettingsChange(name, settings) ?? nothingSet;
    state.applyTopology(change);
    return { sequence: recorder.topology(change) };
  }

  deleteVirtualHost(name: string): { readonly sequence: number } {
    const { state, meters, reaper, recorder, records, topology } = this.#core;
    const vhost = state.vhost(name);
    return recorder.atomically(() => {
      for (const queue of [...vhost.queues.values()]) topology.removeQueue(queue);
      for (const { delays } of [...vhost.exchanges.values()])
        if (delays !== undefined) topology.removeQueue(delays);
      records.forget(vhost);
      reaper.add(vhost.records.releaseAll());
      const change = { op: 'vhost-delete', name } as const;
      state.applyTopology(change);
      meters.forget(name);
      return { sequence: recorder.topology(change) };
    });
  }

  listVirtualHosts(): string[] {
    return [...this.#core.state.virtualHosts.keys()].sort();
  }

  #hosts(name: string | undefined): Iterable<VirtualHost> {
    return name === undefined ? this.#core.state.virtualHosts.values() : [this.#core.state.vhost(name)];
  }

  listQueues(vhost?: string): QueueReport[] {
    return [...this.eachQueue(vhost)];
  }

  describeQueue(vhost: string, queue: string): QueueReport {
    return reportOf(this.#queue(vhost, queue));
  }

  *eachQueue(vhost?: string): Generator<QueueReport, void, undefined> {
    for (const host of this.#hosts(vhost)) for (const queue of host.queues.values()) yield reportOf(queue);
  }

  retiredCounters(): ReadonlyMap<string, QueueCounters> {
    const { virtualHosts } = this.#core.state;
    return new Map([...virtualHosts.values()].map(({ name, retired }) => [name, { ...retired }]));
  }

  listExchanges(vhost?: string): ExchangeReport[] {
    return [...this.#hosts(vhost)].flatMap((host) => [...host.exchanges.values()].map(exchangeReportOf));
  }

  describeExchange(vhost: string, name: string): ExchangeReport {
    return exchangeReportOf(this.#exchange(vhost, name));
  }

  #exchange(vhost: string, name: string): Exchange {
    const exchange = this.#core.state.vhost(vhost).exchanges.get(name);
    if (exchange === undefined)
      throw new SluiceError('not-found', `no exchange '${name}' in vhost '${vhost}'`);
    return exchange;
  }

  listBindings(vhost?: string): BindingReport[] {
    return [...this.eachBinding(vhost)];
  }

  *eachBinding(vhost?: string): Generator<BindingReport, void, undefined> {
    for (const host of this.#hosts(vhost)) {
      for (const exchange of host.exchanges.values()) {
        for (const { destination, routingKey, arguments: table } of exchange.bindings.values()) {
          yield {
            vhost: host.name,
            source: exchange.name,
            destination: destination.name,
            destinationKind: destination.kind,
            routingKey,
            arguments: table,
          };
        }
      }
    }
  }

  routesOf(vhost: string, name: string, routingKey: string, properties: Buffer): RouteReport {
    const host = this.#core.state.vhost(vhost);
    const exchange = host.exchanges.get(name);
    if (exchange === undefined)
      throw new SluiceError('not-found', `no exchange '${name}' in vhost '${vhost}'`);
    const message = inboundOf(name, routingKey, properties, Buffer.alloc(0), undefined);
    const headers = new MessageHeaders();
    headers.read(message);
    const targets = this.#core.publisher.route(host, exchange, routingKey, headers);
    return {
      queues: targets.flatMap((queue) => (queue.delaysOf === undefined ? [queue.name] : [])).sort(),
      delayedBy: targets.flatMap(({ delaysOf }) => (delaysOf === undefined ? [] : [delaysOf])).sort(),
    };
  }

  reportRecords(vhost?: string): RecordReport[] {
    return [...this.#hosts(vhost)].map((host) => this.#core.records.report(host));
  }

  async peek(vhost: string, queueName: string, count: number, bytesMax?: number): Promise<StoredMessage[]> {
    const queue = this.#queue(vhost, queueName);
    const rankAt = queue.isRanked ? (position: number) => queue.rankAt(position) : undefined;
    return this.#readFront({ queue, state: EntryState.ready, count, rankAt }, bytesMax);
  }

  scan(vhost: string, queueName: string, scan: MessageScan): Promise<ScanOutcome> {
    return scanMessages(this.#core, this.#queue(vhost, queueName), scan);
  }

  explain(vhost: string, queueName: string, position: number): Promise<WaitExplanation> {
    return explainWait(this.#delayedStore(vhost, queueName), position, this.#core.clock, this.#pause);
  }

  async #readFront(request: FrontRequest, bytesMax = Infinity): Promise<StoredMessage[]> {
    const messages: StoredMessage[] = [];
    let bytes = 0;
    for (const position of await frontPositions(request, this.#core.clock, this.#pause)) {
      const message = await this.#reader.copy(request.queue, position);
      if (message === undefined) continue;
      bytes += message.body.length;
      if (bytes > bytesMax && messages.length > 0) break;
      messages.push(message);
    }
    return messages;
  }

  #queue(vhost: string, name: string): Queue {
    const queue = this.#core.state.vhost(vhost).queues.get(name);
    if (queue === undefined) throw new SluiceError('not-found', `no queue '${name}' in vhost '${vhost}'`);
    return queue;
  }

  async listHeld(vhost: string, queueName: string, count: number): Promise<StoredMessage[]> {
    const queue = this.#queue(vhost, queueName);
    if (queue.backlog.held === 0) return [];
    return this.#readFront({ queue, state: EntryState.held, count, rankAt: undefined });
  }

  async listDelayed(
    vhost: string,
    queueName: string,
    count: number,
    bytesMax?: number,
  ): Promise<StoredMessage[]> {
    const queue = this.#delayedStore(vhost, queueName);
    if (queue.backlog.delayed === 0) return [];
    const rankAt = (position: number): number => dueAt(queue, position);
    return this.#readFront({ queue, state: EntryState.delayed, count, rankAt }, bytesMax);
  }

  /** A queue, or an exchange of type `x-delayed-message` by its name. */
  #delayedStore(vhost: string, name: string): Queue {
    const host = this.#core.state.vhost(vhost);
    return host.queues.get(name) ?? host.exchanges.get(name)?.delays ?? this.#queue(vhost, name);
  }

  cancelDelayed(
    vhost: string,
    queueName: string,
    position: number,
    by?: Operator,
  ): { readonly cancelled: boolean; readonly sequence: number } {
    const { state, recorder, journal, dispatcher } = this.#core;
    const queue = this.#delayedStore(vhost, queueName);
    const found = queue.backlog.stateAt(position);
    if (found !== EntryState.delayed && found !== EntryState.held) return { cancelled: false, sequence: 0 };
    recorder.settle(queue, position, SettleReason.cancelled, this.queues.partyOf(by));
    state.applySettle(queue, position);
    recorder.flushSettled();
    // It may have kept its key.
    dispatcher.request(queue);
    return { cancelled: true, sequence: journal.lastSequence };
  }

  durable(): Promise<void> {
    this.#core.recorder.flushSettled();
    return this.#core.journal.sync();
  }
}

/** As `figuresOf`, and for its reason written out. */
function reportOf(queue: Queue): QueueReport {
  const figures = figuresOf(queue);
  return {
    name: figures.name,
    ready: figures.ready,
    unacknowledged: figures.unacknowledged,
    delayed: figures.delayed,
    gated: figures.gated,
    held: figures.held,
    bytes: figures.bytes,
    consumers: figures.consumers,
    published: figures.published,
    delivered: figures.delivered,
    acknowledged: figures.acknowledged,
    redelivered: figures.redelivered,
    expired: figures.expired,
    deadLettered: figures.deadLettered,
    dropped: figures.dropped,
    deadlinesMissed: figures.deadlinesMissed,
    returnedAgain: figures.returnedAgain,
    deadLettersLost: figures.deadLettersLost,
    vhost: queue.vhost,
    durable: queue.durable,
    exclusive: queue.exclusive,
    autoDelete: queue.autoDelete,
    arguments: queue.arguments,
    paused: queue.isPaused,
    policy: queue.governance?.policy?.name,
    operatorPolicy: queue.governance?.operatorPolicy?.name,
    effectivePolicy: queue.governance?.definition,
  };
}

function exchangeReportOf(exchange: Exchange): ExchangeReport {
  const { vhost, name, type, durable, autoDelete, internal, arguments: table, published } = exchange;
  return {
    ...{ vhost, name, type, durable, autoDelete, internal, arguments: table },
    ...{ publishedIn: published.in, publishedOut: published.out },
    ...rulesOf(exchange.governance),
  };
}

function rulesOf(governance: Governance | undefined): PolicyRules {
  return {
    policy: governance?.policy?.name,
    operatorPolicy: governance?.operatorPolicy?.name,
    effectivePolicy: governance?.definition,
  };
}
