/**
 * One channel of an open connection: which methods it may take, its consumers, and its end. Invariant: after
 * `channel.close` was sent, nothing that arrives has any effect until the client's `close-ok`.
 */
import type { BrokerChannel, ChannelSink, MessageView } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import {
  channelHandlers,
  isChannelMethod,
  type ChannelScope,
  type ConsumerEntry,
} from './channel-methods.js';
import { methodNumber, ProtocolViolation, replyCodes, type Method, type PublishView } from './codec/index.js';
import { Publishing } from './publishing.js';
import type { Reply } from './reply-codes.js';
import type { SessionHost } from './session-host.js';

/** What the broker and the client see of a channel, in counts. */
export interface ChannelReport {
  readonly number: number;
  readonly mode: 'plain' | 'confirm' | 'transaction';
  readonly consumers: number;
  readonly published: number;
  readonly delivered: number;
  readonly acknowledged: number;
  /** Publishes that were not confirmed yet. */
  readonly unconfirmed: number;
  /** Deliveries that were not settled yet. */
  readonly unacknowledged: number;
  /** Limits of those, for each consumer to come and for all together; 0: none. */
  readonly prefetch: number;
  readonly sharedPrefetch: number;
  /** What waits for `tx.commit`. */
  readonly uncommittedMessages: number;
  readonly uncommittedSettlements: number;
}

export class ChannelSession implements ChannelSink, ChannelScope {
  readonly takesPieces = true;
  readonly number: number;
  readonly host: SessionHost;
  readonly broker: BrokerChannel;
  readonly publishing: Publishing;
  readonly consumers = new Map<string, ConsumerEntry>();
  #state: 'open' | 'closing' | 'closed' = 'open';
  delivered = 0;
  redelivered = 0;

  constructor(host: SessionHost, number: number) {
    this.host = host;
    this.number = number;
    this.broker = host.brokerConnection.openChannel(this);
    this.publishing = new Publishing(host, number, this.broker);
  }

  /** Whether methods have an effect: false once it closes. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get report(): ChannelReport {
    return {
      number: this.number,
      mode: this.publishing.mode,
      consumers: this.consumers.size,
      published: this.publishing.published,
      delivered: this.delivered,
      acknowledged: this.broker.settled.acknowledged,
      unconfirmed: this.publishing.confirms.unconfirmed,
      ...this.broker.holdings,
    };
  }

  /** Takes any method but `basic.publish` and the acknowledgements, which have ways of their own. */
  receive(method: Method): void {
    this.publishing.requireIdle();
    if (!isChannelMethod(method)) {
      throw new ProtocolViolation(
        replyCodes.commandInvalid,
        `${method.name} is not for clients to send`,
        methodNumber(method.name),
      );
    }
    // The name picks the handler for exactly this method, which the compiler cannot follow.
    const handler = channelHandlers[method.name] as (scope: ChannelScope, method: Method) => void;
    handler(this, method);
  }

  publish(view: PublishView): void {
    this.publishing.publish(view);
  }

  acknowledge(deliveryTag: number, multiple: boolean): void {
    this.publishing.requireIdle();
    this.broker.acknowledge(deliveryTag, multiple);
  }

  reject(deliveryTag: number, multiple: boolean, requeue: boolean): void {
    this.publishing.requireIdle();
    this.broker.reject(deliveryTag, multiple, requeue);
  }

  giveBack(deliveryTag: number, multiple: boolean): void {
    this.publishing.requireIdle();
    this.broker.giveBack(deliveryTag, multiple);
  }

  send(method: Method, sequence = 0): void {
    this.host.send(this.number, method, sequence);
  }

  /** The client closes the channel. */
  closeByClient(): void {
    const sequence = this.end();
    this.send({ name: 'channel.close-ok' }, sequence);
    this.host.forget(this);
  }

  /** Closes the channel with a reason, and ignores what comes until the client has agreed. */
  fail(reply: Reply, method: number): void {
    if (this.#state !== 'open') return;
    this.end();
    this.#state = 'closing';
    this.send({
      name: 'channel.close',
      replyCode: reply.code,
      replyText: reply.text,
      classId: method >>> 16,
      methodId: method & 0xffff,
    });
  }

  /** Gives everything back to the broker; the sequence to wait for. Nothing more is delivered. */
  end(): number {
    if (this.#state !== 'open') return 0;
    this.#state = 'closed';
    this.consumers.clear();
    this.publishing.discard();
    return this.broker.close();
  }

  /** Closes the channel if one of its consumers may no longer read its queue. */
  recheckRights(): void {
    for (const { queue } of this.consumers.values()) {
      try {
        this.host.requireConsume(queue);
      } catch (thrown) {
        this.host.failChannel(this, thrown, methodNumber('basic.consume'));
        return;
      }
    }
  }

  deliver(
    consumerTag: string,
    _consumerTagBytes: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    releaseSequence: number,
  ): void {
    const consumer = this.consumers.get(consumerTag);
    if (consumer === undefined) return;
    this.delivered++;
    if (redelivered) this.redelivered++;
    this.host.deliver(this.number, consumer.tagBytes, deliveryTag, redelivered, message, releaseSequence);
  }

  get hearsCancels(): boolean {
    return this.host.capabilities.consumerCancelNotify;
  }

  consumerCancelled(consumerTag: string): void {
    this.consumers.delete(consumerTag);
    if (this.#state !== 'open' || !this.hearsCancels) return;
    this.send({ name: 'basic.cancel', consumerTag, noWait: true });
  }

  channelFailed(code: 'precondition-failed', message: string): void {
    this.host.failChannel(this, new SluiceError(code, message), 0);
  }
}
