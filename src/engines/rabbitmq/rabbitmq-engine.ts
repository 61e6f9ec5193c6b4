/**
 * The engine port over AMQP 0-9-1: RabbitMQ, or a Sluice server, which says so and has more. Invariant: what the
 * server cannot do is refused before anything is sent.
 */
import type { Clock, Random, SluiceError } from '../../kernel/index.js';
import {
  refusedMessages,
  refusedRecords,
  requireAccepted,
  requireCapability,
  requireStored,
  unsupported,
  type Capabilities,
  type Commit,
  type CommitOutcome,
  type DeliveryStream,
  type Engine,
  type EngineMessage,
  type Messages,
  type PeekLimits,
  type QueueSample,
  type ReceiveOptions,
  type Records,
  type SendOptions,
  type StoredMessage,
} from '../index.js';
import { AmqpContent } from './amqp-content.js';
import { AmqpMessages } from './amqp-messages.js';
import { AmqpReceiver, type ReceiverHost } from './amqp-receiver.js';
import { AmqpTopology } from './amqp-topology.js';
import { absences, rabbitCapabilities, sluiceCapabilities } from './capabilities.js';
import { DelayRoutes } from './delay-routes.js';
import { outgoingPublish } from './outgoing-options.js';
import { Publisher, type OutgoingPublish } from './publisher.js';
import { ServerChannels } from './server-channels.js';
import type { ServerConnection } from './server-connection.js';
import { ServerRecords } from './server-records.js';

/** What a server says of itself. */
export interface ServerRelease {
  readonly product: string;
  readonly version: string;
}

export class RabbitmqEngine implements Engine {
  readonly kind: 'rabbitmq' | 'sluice';
  readonly address: string;
  readonly capabilities: Capabilities;
  readonly topology: AmqpTopology;
  readonly records: Records;
  readonly #serverRecords: ServerRecords | undefined;
  readonly messages: Messages;
  readonly #serverMessages: AmqpMessages | undefined;
  readonly #connection: ServerConnection;
  readonly #channels: ServerChannels;
  readonly #publisher: Publisher;
  readonly #delays: DelayRoutes;
  readonly #clock: Clock;
  readonly #receivers = new Set<AmqpReceiver>();
  readonly #host: ReceiverHost;
  readonly #deadLetterQueues = new Set<string>();
  readonly #exchanges = new Set<string>();
  readonly #messageIdPrefix: string;
  #messages = 0;
  #end: Promise<void> | undefined;

  constructor(
    connection: ServerConnection,
    address: string,
    server: ServerRelease,
    clock: Clock,
    random: Random,
  ) {
    this.kind = server.product === 'Sluice' ? 'sluice' : 'rabbitmq';
    this.address = address;
    const delays = parseInt(server.version, 10) >= 4 ? 'confirmed' : 'plain';
    this.capabilities = this.kind === 'sluice' ? sluiceCapabilities : rabbitCapabilities(delays);
    this.#serverRecords = this.kind === 'sluice' ? new ServerRecords(connection) : undefined;
    const refusal = (): SluiceError => unsupported(this.kind, 'records', absences.records);
    this.records = this.#serverRecords ?? refusedRecords(refusal);
    this.#connection = connection;
    this.#clock = clock;
    this.#channels = new ServerChannels(connection);
    this.#serverMessages = this.#serverRecords && new AmqpMessages(this.#serverRecords);
    this.topology = new AmqpTopology(this.kind, this.#channels, this.#serverMessages);
    this.messages =
      this.#serverMessages ?? refusedMessages(() => unsupported(this.kind, 'messages', absences.messages));
    connection.beforeReturn((model) => this.topology.restore(model));
    this.#delays = new DelayRoutes(this.#channels, delays);
    this.#publisher = new Publisher(connection);
    this.#messageIdPrefix = `${random.bytes(9).toString('base64url')}-`;
    this.#host = {
      kind: this.kind,
      clock,
      nowMs: () => clock.now(),
      windowTermsOf: (queue) => this.topology.windowTermsOf(queue),
      requireRecords: () => {
        requireCapability(this, 'records');
      },
      send: (queue, messages) => this.send(queue, messages),
      resend: (queue, message) => this.#resend(queue, message),
      makeDeadLetterQueue: (queue) => this.#makeDeadLetterQueue(queue),
    };
  }

  async send(queue: string, messages: readonly EngineMessage[], options?: SendOptions): Promise<void> {
    for (const message of messages) this.#require(message);
    const outgoing: OutgoingPublish[] = [];
    for (const message of messages) {
      if (!this.#isRerouted(message)) outgoing.push(this.#outgoing('', queue, message));
      else
        outgoing.push(
          this.#outgoing(await this.#delays.exchangeFor(message.delayMs), queue, undelayed(message)),
        );
    }
    requireStored(await this.#publisher.publish(outgoing, options?.signal), queue);
  }

  async publish(
    exchange: string,
    routingKey: string,
    messages: readonly EngineMessage[],
    options?: SendOptions,
  ): Promise<{ readonly unroutable: number }> {
    await this.#requireExchange(exchange);
    const outgoing = messages.map((message) => {
      this.#require(message);
      if (message.delayMs !== undefined && this.kind === 'rabbitmq')
        throw unsupported(
          this.kind,
          'delay',
          'RabbitMQ cannot delay a message that goes through an exchange',
        );
      return this.#outgoing(exchange, routingKey, message);
    });
    const report = await this.#publisher.publish(outgoing, options?.signal);
    requireAccepted(report, exchange);
    return { unroutable: report.unroutable.length };
  }

  async receive(queue: string, options: ReceiveOptions): Promise<DeliveryStream> {
    const receiver = new AmqpReceiver(this.#connection, this.#host, queue, options, (ended) => {
      this.#receivers.delete(ended);
    });
    this.#receivers.add(receiver);
    if (this.kind === 'sluice') this.#connection.keepLease();
    await receiver.start();
    return receiver.stream;
  }

  peek(
    queue: string,
    count: number,
    { bytesMax = Infinity, elapsedMsMax = Infinity }: PeekLimits = {},
  ): Promise<readonly StoredMessage[]> {
    return this.#channels.use(async (channel) => {
      const messages: StoredMessage[] = [];
      const endMs = this.#clock.monotonic() + elapsedMsMax;
      let bytes = 0;
      while (messages.length < count && bytes < bytesMax && this.#clock.monotonic() < endMs) {
        const message = await channel.get(queue, { noAck: false });
        if (message === false) break;
        const { exchange, routingKey, properties, body, redelivered } = new AmqpContent(message);
        const behind = message.fields.messageCount;
        messages.push({ exchange, routingKey, properties, body, redelivered, state: undefined, behind });
        bytes += body.length;
      }
      // Not left to the channel's end: from RabbitMQ 4.3 on what is given back so counts as no failure.
      if (messages.length > 0) channel.nackAll(true);
      return messages;
    });
  }

  async observe(queues?: readonly string[]): Promise<readonly QueueSample[]> {
    const atMs = this.#clock.now();
    if (this.#serverMessages !== undefined) return this.#serverMessages.samples(atMs, queues);
    if (queues === undefined) throw unsupported(this.kind, 'observe', absences.list);
    const found = await Promise.all(queues.map((queue) => this.topology.describeQueue(queue)));
    return found.flatMap((info) =>
      info === undefined
        ? []
        : [{ ...unknownSample, queue: info.name, atMs, ready: info.ready, consumers: info.consumers }],
    );
  }

  access(): Promise<never> {
    return Promise.reject(unsupported(this.kind, 'access', absences.access));
  }

  replicas(): Promise<never> {
    return Promise.reject(unsupported(this.kind, 'replicas', absences.replicas));
  }

  commit(commit: Commit): Promise<CommitOutcome> {
    if (this.#serverRecords !== undefined) return this.#serverRecords.commit(commit);
    return Promise.reject(unsupported(this.kind, 'records', absences.records));
  }

  rewind(): Promise<never> {
    return Promise.reject(unsupported(this.kind, 'rewind', absences.rewind));
  }

  async listOwn(): Promise<readonly string[]> {
    const delays = this.kind === 'rabbitmq' ? await this.#delays.list() : [];
    const dead: string[] = [];
    for (const queue of this.#deadLetterQueues)
      if ((await this.topology.describeQueue(queue)) !== undefined) dead.push(queue);
    return [...delays, ...dead];
  }

  async clean(): Promise<readonly string[]> {
    const removed = this.kind === 'rabbitmq' ? [...(await this.#delays.clean())] : [];
    for (const queue of this.#deadLetterQueues) {
      if ((await this.topology.describeQueue(queue))?.ready !== 0) continue;
      await this.topology.deleteQueue(queue, { unused: true });
      this.#deadLetterQueues.delete(queue);
      removed.push(queue);
    }
    return removed;
  }

  close(): Promise<void> {
    this.#end ??= this.#close();
    return this.#end;
  }

  async #close(): Promise<void> {
    this.#publisher.close();
    this.#serverRecords?.close();
    for (const receiver of [...this.#receivers]) receiver.abandon();
    await this.#connection.close();
  }

  #require(message: EngineMessage): void {
    if (this.kind === 'sluice') return;
    if (message.after !== undefined) requireCapability(this, 'after');
    if (message.delayMs !== undefined && message.expirationMs !== undefined)
      throw unsupported(this.kind, 'delay', 'RabbitMQ cannot delay a message that has an expiration');
  }

  /** Whether it goes through a delay queue. */
  #isRerouted(message: EngineMessage): message is EngineMessage & { readonly delayMs: number } {
    return message.delayMs !== undefined && this.kind === 'rabbitmq';
  }

  #outgoing(exchange: string, routingKey: string, message: EngineMessage): OutgoingPublish {
    const messageId = this.#messageIdPrefix + (this.#messages++).toString(36);
    return outgoingPublish(exchange, routingKey, message, messageId);
  }

  /** An absent exchange would close the publishing channel, with everything in flight. */
  async #requireExchange(exchange: string): Promise<void> {
    if (exchange === '' || this.#exchanges.has(exchange)) return;
    await this.#channels.use((channel) => channel.checkExchange(exchange));
    this.#exchanges.add(exchange);
  }

  #resend(queue: string, message: EngineMessage): Promise<void> {
    if (this.kind === 'sluice' || message.delayMs === undefined) return this.send(queue, [message]);
    return this.send(queue, [lasting(message)]);
  }

  async #makeDeadLetterQueue(queue: string): Promise<void> {
    if (this.#deadLetterQueues.has(queue)) return;
    await this.topology.declareQueue(queue);
    this.#deadLetterQueues.add(queue);
  }
}

const unknownSample = {
  unacknowledged: undefined,
  delayed: undefined,
  gated: undefined,
  held: undefined,
  bytes: undefined,
  published: undefined,
  delivered: undefined,
  acknowledged: undefined,
  redelivered: undefined,
  expired: undefined,
  deadLettered: undefined,
  dropped: undefined,
};

type Changeable = { -readonly [Name in keyof EngineMessage]: EngineMessage[Name] };

/** The message without its expiration, which RabbitMQ cannot keep while it waits. */
function lasting(message: EngineMessage): EngineMessage {
  const kept: Changeable = { ...message };
  delete kept.expirationMs;
  return kept;
}

/** The message without its delay, which the exchange it goes to stands for. */
function undelayed(message: EngineMessage): EngineMessage {
  const kept: Changeable = { ...message };
  delete kept.delayMs;
  return kept;
}
