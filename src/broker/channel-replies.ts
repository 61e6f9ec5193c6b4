/**
 * A channel's part in direct replies: the one consumer of them it may have, and what it sends to others' or to queues
 * as an answer. Invariant: nothing of a direct reply is stored.
 */
import { SluiceError } from '../kernel/index.js';
import type { DeliveryGate } from './consumer.js';
import type { BrokerCore } from './core.js';
import type { Answer, ConsumeRequest, InboundMessage, PublishOutcome } from './face.js';
import { addressReplies, replyQueueName, type ReplyTarget } from './reply-targets.js';
import type { VirtualHost } from './state.js';
import { copyOf } from './transaction.js';

export class ChannelReplies {
  readonly #core: BrokerCore;
  readonly #gate: DeliveryGate;
  #target: ReplyTarget | undefined = undefined;

  constructor(core: BrokerCore, gate: DeliveryGate) {
    this.#core = core;
    this.#gate = gate;
  }

  /** Of the consumer, if there is one. */
  get consumerTag(): string | undefined {
    return this.#target?.consumerTag;
  }

  consume(request: ConsumeRequest, tag: string): string {
    if (!request.noAck) throw new SluiceError('precondition-failed', 'reply consumer cannot acknowledge');
    if (this.#target !== undefined)
      throw new SluiceError('precondition-failed', 'reply consumer already set');
    this.#target = this.#core.replyTargets.add(tag, this.#gate.sink, this.#gate.unacknowledged);
    return tag;
  }

  cancel(): void {
    if (this.#target !== undefined) this.#core.replyTargets.remove(this.#target);
    this.#target = undefined;
  }

  /** Puts the consumer's name in the place of the well-known one. Throws `precondition-failed` without one. */
  address(message: InboundMessage): void {
    if (this.#target === undefined) throw noConsumer();
    addressReplies(message, this.#target.name);
  }

  /** Hands a reply over; one that came in pieces is put together first where it must be. */
  publish(message: InboundMessage): PublishOutcome {
    const { replyTargets, store, looseChunks, clock } = this.#core;
    const { chunks } = message;
    const isAwaited = replyTargets.has(message.routingKey);
    if (chunks === undefined) {
      if (isAwaited) replyTargets.deliver(message, clock.now());
    } else if (replyTargets.takesPieces(message.routingKey)) {
      replyTargets.deliver(message, clock.now(), store.looseBody(chunks));
      looseChunks.release(chunks);
    } else {
      const reply = copyOf(message, store);
      store.collect(chunks, (body) => {
        looseChunks.release(chunks);
        if (body === undefined) return;
        replyTargets.deliver({ ...reply, bodyBuffer: body, bodyStart: 0, bodyEnd: body.length }, clock.now());
      });
    }
    return isAwaited ? 'routed' : 'unroutable';
  }

  /** Throws `precondition-failed` where `replyTo` stands for direct replies and nobody here consumes them. */
  check(replyTo: string): void {
    if (replyTo === replyQueueName && this.#target === undefined) throw noConsumer();
  }

  /** See `BrokerChannel.answer`. */
  answer(vhost: VirtualHost, answer: Answer): void {
    const { answers, replyTargets, clock } = this.#core;
    const replyTo = answer.replyTo === replyQueueName ? this.#target?.name : answer.replyTo;
    if (replyTo === undefined) return;
    if (replyTargets.isReplyName(replyTo)) replyTargets.answer(replyTo, answer, clock.now());
    else answers.publish(vhost, answer);
  }
}

function noConsumer(): SluiceError {
  return new SluiceError('precondition-failed', 'fast reply consumer does not exist');
}
