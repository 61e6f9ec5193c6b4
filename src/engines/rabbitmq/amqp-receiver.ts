/**
 * One receiver over AMQP: a channel that consumes from one queue, opened again after a lost connection. Invariant:
 * what the lost channel had delivered is taken out of the stream, and settling it says `lost`.
 */
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { SluiceError, type Clock } from '../../kernel/index.js';
import {
  Delivery,
  DeliveryStream,
  headerNames,
  PrefetchedWindow,
  type EngineKind,
  type EngineMessage,
  type HeldLimits,
  type ReceiveOptions,
  type WindowTerms,
} from '../index.js';
import { AmqpContent } from './amqp-content.js';
import { isLostConnection, refusalOf } from './refusals.js';
import type { ServerConnection } from './server-connection.js';
import { Subscription } from './subscription.js';

/** What a receiver asks of its engine. */
export interface ReceiverHost {
  readonly kind: EngineKind;
  readonly clock: Clock;
  nowMs(): number;
  /** How the receiver chooses what goes next; undefined: the server does. */
  windowTermsOf(queue: string): WindowTerms | undefined;
  /** Throws the refusal where there are no records. */
  requireRecords(): void;
  send(queue: string, messages: readonly EngineMessage[]): Promise<void>;
  /** As `send`, for a message that was delivered: what the engine cannot keep of it is left out. */
  resend(queue: string, message: EngineMessage): Promise<void>;
  makeDeadLetterQueue(queue: string): Promise<void>;
}

/** A window is so many times what the program may hold, unless it says otherwise. */
const windowFactor = 10;
const prefetchMax = 65_535;

export class AmqpReceiver {
  readonly stream: DeliveryStream;
  readonly #connection: ServerConnection;
  readonly #host: ReceiverHost;
  readonly #queue: string;
  #options: ReceiveOptions;
  readonly #onEnd: (receiver: AmqpReceiver) => void;
  readonly #stopListening: () => void;
  readonly #terms: WindowTerms | undefined;
  /** Messages that the server may leave unsettled here. */
  #prefetch: number;
  #holding: Promise<void> = Promise.resolve();
  #channel: Channel | undefined;
  #consumerTag = '';
  #subscription: Subscription | undefined;
  /** Of this subscription; there is none before it is needed. */
  #window: PrefetchedWindow | undefined;
  #state: 'receiving' | 'draining' | 'ended' = 'receiving';

  constructor(
    connection: ServerConnection,
    host: ReceiverHost,
    queue: string,
    options: ReceiveOptions,
    onEnd: (receiver: AmqpReceiver) => void,
  ) {
    this.#connection = connection;
    this.#host = host;
    this.#queue = queue;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#terms = host.windowTermsOf(queue);
    this.#prefetch = prefetchOf(options, this.#terms);
    this.stream = new DeliveryStream(
      (unhanded) => this.#drain(unhanded),
      () => this.#window?.take(),
      (limits) => this.#hold(limits),
    );
    this.#stopListening = connection.listen({
      live: (model) => {
        void this.#resubscribe(model);
      },
    });
  }

  /** Begins deliveries. Rejects with what the server refused. */
  async start(): Promise<void> {
    try {
      for (;;) {
        const model = await this.#connection.wait();
        if (await this.#subscribe(model)) return;
      }
    } catch (error) {
      this.#end();
      throw refusalOf(error);
    }
  }

  /** The engine closes: what is held is given up. */
  abandon(): void {
    this.#end();
    this.#window?.end();
    this.stream.forget();
    void this.stream.close();
  }

  async #resubscribe(model: ChannelModel): Promise<void> {
    if (this.#state !== 'receiving' || this.#channel !== undefined) return;
    try {
      await this.#subscribe(model);
    } catch (error) {
      this.#end();
      this.stream.fail(refusalOf(error));
    }
  }

  /** False when the connection was lost meanwhile; rejects with what the server refused. */
  async #subscribe(model: ChannelModel): Promise<boolean> {
    try {
      const channel = await model.createChannel();
      channel.on('error', () => undefined);
      const prefetch = this.#prefetch;
      await channel.prefetch(prefetch);
      const subscription = new Subscription(
        this.#host,
        this.#queue,
        this.#options.deadLetterQueue,
        channel,
        () => {
          if (this.#state === 'draining') this.#end();
        },
      );
      channel.on('close', () => {
        this.#channelClosed(model, subscription);
      });
      this.#channel = channel;
      this.#subscription = subscription;
      if (this.#host.kind === 'sluice') await subscription.useRequests(channel);
      if (this.#isChoosing) await this.#fill(channel, subscription);
      this.#consumerTag = await this.#consume(channel, subscription);
      if (prefetch !== this.#prefetch) void this.stream.hold(this.#options);
      return true;
    } catch (error) {
      this.#channel = undefined;
      if (isLostConnection(error)) return false;
      throw error;
    }
  }

  async #consume(channel: Channel, subscription: Subscription): Promise<string> {
    const { consumerTag } = await channel.consume(
      this.#queue,
      (message) => {
        this.#take(subscription, message);
      },
      { exclusive: this.#isExclusive },
    );
    return consumerTag;
  }

  get #isExclusive(): boolean {
    return this.#options.exclusive === true;
  }

  #hold({ prefetch, window = this.#options.window }: HeldLimits): Promise<void> {
    this.#options = { ...this.#options, prefetch, ...(window === undefined ? {} : { window }) };
    this.#prefetch = prefetchOf(this.#options, this.#terms);
    this.#window?.setHandedMax(prefetch);
    this.#holding = this.#holding.then(() => this.#consumeAnew());
    return this.#holding;
  }

  /** A consumer keeps the limit that it began with, so the next takes its place; what it holds stays with the channel. */
  async #consumeAnew(): Promise<void> {
    const [channel, subscription, before] = [this.#channel, this.#subscription, this.#consumerTag];
    if (this.#state !== 'receiving' || channel === undefined || subscription === undefined || before === '')
      return;
    try {
      await channel.prefetch(this.#prefetch);
      if (this.#isExclusive) await channel.cancel(before);
      this.#consumerTag = await this.#consume(channel, subscription);
      if (!this.#isExclusive) await channel.cancel(before);
    } catch (error) {
      // The next subscription, over the next connection, has the limits that were set last.
      if (isLostConnection(error) || this.#channel !== channel) return;
      this.#end();
      this.stream.fail(refusalOf(error));
    }
  }

  #take(subscription: Subscription, message: ConsumeMessage | null): void {
    if (message === null) {
      this.stream.fail(new SluiceError('not-found', `the queue '${this.#queue}' was deleted`));
      return;
    }
    const tag = subscription.delivered(message);
    const content = new AmqpContent(message);
    if (this.#state !== 'receiving') subscription.giveBack(tag, 'unused');
    else if (this.#window !== undefined) this.#window.add(tag, content);
    else if (this.#terms !== undefined && isKeyed(message)) this.#openWindow(subscription).add(tag, content);
    else this.stream.push(new Delivery(content, subscription, tag));
  }

  /** Whether messages are held to choose among. */
  get #isChoosing(): boolean {
    return this.#terms !== undefined && this.#prefetch > this.#options.prefetch;
  }

  /** The first message is chosen among all that the queue has ready, not among those that come first. */
  async #fill(channel: Channel, subscription: Subscription): Promise<void> {
    const { messageCount } = await channel.checkQueue(this.#queue);
    this.#openWindow(subscription).fill(Math.min(messageCount, this.#prefetch));
  }

  /** From the first key on everything goes through it: what was buffered before is older, and goes out first. */
  #openWindow(subscription: Subscription): PrefetchedWindow {
    const onReady = (): void => {
      this.stream.wake();
    };
    const host = { settler: subscription, clock: this.#host.clock, onReady };
    this.#window = new PrefetchedWindow(host, this.#terms!, this.#options.prefetch);
    return this.#window;
  }

  /** By the server, or with its connection; after `#end` by ourselves. */
  #channelClosed(model: ChannelModel, subscription: Subscription): void {
    subscription.end();
    if (this.#subscription !== subscription || this.#state === 'ended') return;
    this.stream.forget();
    this.#window?.end();
    this.#window = undefined;
    this.#channel = undefined;
    this.#subscription = undefined;
    if (this.#state === 'draining') this.#end();
    else if (this.#connection.model === model && this.#consumerTag !== '') void this.#resubscribe(model);
  }

  /** Takes no more, and gives back what nobody got; what was handed out may still be settled. */
  async #drain(unhanded: readonly Delivery[]): Promise<void> {
    if (this.#state !== 'receiving') return;
    this.#state = 'draining';
    for (const delivery of unhanded) void delivery.release();
    this.#window?.drain();
    const channel = this.#channel;
    // A channel that is lost meanwhile is at its end as well.
    if (channel !== undefined) await channel.cancel(this.#consumerTag).catch(() => undefined);
    if (this.#subscription === undefined || this.#subscription.unsettled === 0) this.#end();
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#stopListening();
    this.#subscription?.flush();
    this.#subscription?.end();
    this.#channel?.close().catch(() => undefined);
    this.#channel = undefined;
    this.#onEnd(this);
  }
}

function prefetchOf({ prefetch, window }: ReceiveOptions, terms: WindowTerms | undefined): number {
  if (terms === undefined || (window === undefined && !terms.isChoosing)) return prefetch;
  return Math.min(Math.max(window ?? prefetch * windowFactor, prefetch), prefetchMax);
}

function isKeyed(message: ConsumeMessage): boolean {
  return message.properties.headers?.[headerNames.key] !== undefined;
}
