/**
 * The engine inside this process: a broker over a directory that it owns. Invariants: what `send` resolved for
 * survives any crash; after a disk failure nothing is answered but by `durability-lost`.
 */
import type { Administration, Broker, BrokerConnection, ChannelSink } from '../../broker/index.js';
import { messageOf, SluiceError, type Clock } from '../../kernel/index.js';
import {
  requireAccepted,
  unsupported,
  type Commit,
  type CommitOutcome,
  type DeliveryStream,
  type Engine,
  type EngineMessage,
  type QueueSample,
  type PeekLimits,
  type ReceiveOptions,
  type SendOptions,
  type StoredMessage,
} from '../index.js';
import { absences, embeddedCapabilities } from './capabilities.js';
import { Committer } from './committer.js';
import { DurableWaiters } from './durable-waiters.js';
import { EmbeddedMessages } from './embedded-messages.js';
import { EmbeddedRecords } from './embedded-records.js';
import { EmbeddedTopology, virtualHost } from './embedded-topology.js';
import { messageProperties } from './inbound-content.js';
import { queueSamples } from './queue-samples.js';
import { Outbound } from './outbound.js';
import type { EmbeddedParts } from './parts.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';
import { Turnstile } from './turnstile.js';

const nothing = (): void => undefined;
/** For channels that consume nothing. */
const silentSink: ChannelSink = { deliver: nothing, consumerCancelled: nothing, channelFailed: nothing };

export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded';
  readonly address: string;
  readonly capabilities = embeddedCapabilities;
  readonly topology: EmbeddedTopology;
  readonly records: EmbeddedRecords;
  readonly messages: EmbeddedMessages;
  readonly #broker: Broker;
  readonly #administration: Administration;
  readonly #connection: BrokerConnection;
  readonly #waiters: DurableWaiters;
  readonly #sender: Sender;
  readonly #turnstile: Turnstile;
  readonly #committer: Committer;
  readonly #receivers = new Set<Receiver>();
  readonly #parts: EmbeddedParts;
  readonly #release: () => Promise<void>;
  readonly #letOthersGo: () => Promise<void>;
  #end: Promise<void> | undefined;
  #failure: SluiceError | undefined;

  /** `release` gives the directory up, after the broker is closed; `letOthersGo` runs before that. */
  constructor(
    directory: string,
    broker: Broker,
    clock: Clock,
    release: () => Promise<void>,
    letOthersGo: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.address = directory;
    this.#broker = broker;
    this.#administration = broker.administration;
    this.#release = release;
    this.#letOthersGo = letOthersGo;
    this.#connection = broker.connect({ name: 'embedded', user: 'embedded', vhost: virtualHost });
    this.#waiters = new DurableWaiters(broker.durableSequence);
    broker.onDurable((sequence) => {
      this.#waiters.advance(sequence);
    });
    const outbound = new Outbound(broker);
    this.topology = new EmbeddedTopology(
      this.#connection.openChannel(silentSink),
      this.#administration,
      this.#waiters,
    );
    this.#sender = new Sender(broker, this.#connection.openChannel(silentSink), outbound, this.#waiters);
    this.#parts = {
      broker,
      connection: this.#connection,
      outbound,
      waiters: this.#waiters,
      topology: this.topology,
      clock,
    };
    this.#turnstile = new Turnstile(broker);
    const channel = this.#connection.openChannel(silentSink);
    this.records = new EmbeddedRecords(channel, this.#waiters, this.#turnstile);
    this.messages = new EmbeddedMessages(channel, this.#waiters);
    this.#committer = new Committer(this.#parts, channel, this.records, this.#turnstile);
  }

  send(queue: string, messages: readonly EngineMessage[], options?: SendOptions): Promise<void> {
    try {
      this.#checkOpen();
      return this.#sender.send({ exchange: '', routingKey: queue }, messages, options?.signal);
    } catch (error) {
      return rejected(error);
    }
  }

  async publish(
    exchange: string,
    routingKey: string,
    messages: readonly EngineMessage[],
    options?: SendOptions,
  ): Promise<{ readonly unroutable: number }> {
    this.#checkOpen();
    const report = await this.#sender.publish({ exchange, routingKey }, messages, options?.signal);
    requireAccepted(report, exchange);
    return { unroutable: report.unroutable.length };
  }

  async receive(queue: string, options: ReceiveOptions): Promise<DeliveryStream> {
    this.#checkOpen();
    const receiver = new Receiver(this.#parts, queue, options, (ended) => {
      this.#receivers.delete(ended);
    });
    this.#receivers.add(receiver);
    return Promise.resolve(receiver.stream);
  }

  async peek(queue: string, count: number, limits?: PeekLimits): Promise<readonly StoredMessage[]> {
    this.#checkOpen();
    const messages = await this.#administration.peek(virtualHost, queue, count, limits?.bytesMax);
    return messages.map(({ exchange, routingKey, properties, body, redelivered, state }) => ({
      exchange,
      routingKey,
      properties: messageProperties(properties),
      body,
      redelivered,
      state,
    }));
  }

  observe(queues?: readonly string[]): Promise<readonly QueueSample[]> {
    return Promise.resolve(queueSamples(this.#administration.measures, this.#parts.clock.now(), queues));
  }

  access(): Promise<never> {
    return Promise.reject(unsupported('embedded', 'access', absences.access));
  }

  replicas(): Promise<never> {
    return Promise.reject(unsupported('embedded', 'replicas', absences.replicas));
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    this.#checkOpen();
    return this.#committer.commit(commit);
  }

  rewind(): Promise<never> {
    return Promise.reject(unsupported('embedded', 'rewind', absences.rewind));
  }

  /** Nothing here is foreign. */
  listOwn(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  clean(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#end ??= this.#close();
    return this.#end;
  }

  /** The disk has failed: every call, waiting or to come, is answered by `error`. */
  fail(error: SluiceError): void {
    this.#failure = error;
    this.#waiters.fail(error);
    this.#sender.close();
    this.#turnstile.close(error);
    for (const receiver of [...this.#receivers]) receiver.abandon(error);
  }

  async #close(): Promise<void> {
    this.#sender.close();
    this.#turnstile.close(new SluiceError('closed', 'the engine was closed'));
    for (const receiver of [...this.#receivers]) receiver.abandon(undefined);
    try {
      await this.#letOthersGo();
      await this.#broker.close();
    } finally {
      this.#waiters.fail(new SluiceError('closed', 'the engine was closed'));
      await this.#release();
    }
  }

  #checkOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#end !== undefined) throw new SluiceError('closed', 'the engine was closed');
  }
}

/** A refusal of a call that is not async, so that it costs one promise. */
function rejected(error: unknown): Promise<never> {
  return Promise.reject(error instanceof Error ? error : new SluiceError('internal', messageOf(error)));
}
