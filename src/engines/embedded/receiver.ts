/**
 * One receiver: a channel of its own that consumes from one queue. Invariants: a delivery reaches the program only
 * when what it depends on is durable; the channel lives until everything it delivered is settled or the engine ends.
 */
import { fieldTable, type BrokerChannel, type ChannelSink, type MessageView } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import {
  deadMessage,
  Delivery,
  DeliveryStream,
  failureHeaders,
  unsupported,
  type Completion,
  type DeadLetterOptions,
  type ReceiveOptions,
  type Settler,
  type SettleOutcome,
} from '../index.js';
import { absences } from './capabilities.js';
import { FollowUpRoom } from './follow-up-room.js';
import { InboundContent } from './inbound-content.js';
import type { EmbeddedParts } from './parts.js';
import { SettlementBatch } from './settlement-batch.js';

/** A delivery that waits for a sync. */
interface Held {
  readonly delivery: Delivery;
  readonly releaseSequence: number;
}

const lost: Promise<SettleOutcome> = Promise.resolve('lost');

export class Receiver implements ChannelSink, Settler {
  readonly queue: string;
  readonly refusesLater = false;
  readonly stream: DeliveryStream;
  readonly #parts: EmbeddedParts;
  readonly #deadLetterQueue: string;
  readonly #channel: BrokerChannel;
  readonly #settlements: SettlementBatch;
  readonly #room: FollowUpRoom;
  #consumerTag: string;
  readonly #stopListening: () => void;
  readonly #onEnd: (receiver: Receiver) => void;
  #held: Held[] = [];
  #unsettled = 0;
  #state: 'receiving' | 'draining' | 'ended' = 'receiving';

  /** Throws `not-found`, or `access-refused` for a queue that somebody has exclusively. */
  constructor(
    parts: EmbeddedParts,
    queue: string,
    options: ReceiveOptions,
    onEnd: (receiver: Receiver) => void,
  ) {
    this.#parts = parts;
    this.queue = queue;
    this.#deadLetterQueue = options.deadLetterQueue;
    this.#onEnd = onEnd;
    this.stream = new DeliveryStream(
      (unhanded) => {
        this.#drain(unhanded);
      },
      undefined,
      (limits) => {
        this.#hold({ ...options, prefetch: limits.prefetch });
      },
    );
    this.#channel = parts.connection.openChannel(this);
    this.#settlements = new SettlementBatch(this.#channel);
    this.#room = new FollowUpRoom(parts.topology, this.#channel);
    try {
      this.#consumerTag = this.#consume(options);
    } catch (error) {
      this.#channel.close();
      throw error;
    }
    this.#stopListening = parts.broker.onDurable((sequence) => {
      this.#release(sequence);
    });
    this.#channel.start(this.#consumerTag);
  }

  #consume({ prefetch, exclusive = false }: ReceiveOptions): string {
    this.#channel.setPrefetch(prefetch, false);
    return this.#channel.consume({
      queue: this.queue,
      consumerTag: '',
      noAck: false,
      exclusive,
      arguments: new Map(),
    });
  }

  /** A consumer keeps the limit that it began with, so the next takes its place; what it holds stays with the channel. */
  #hold(options: ReceiveOptions): void {
    if (this.#state !== 'receiving') return;
    const before = this.#consumerTag;
    if (options.exclusive === true) this.#channel.cancel(before);
    this.#consumerTag = this.#consume(options);
    if (options.exclusive !== true) this.#channel.cancel(before);
    this.#channel.start(this.#consumerTag);
  }

  nowMs(): number {
    return this.#parts.clock.now();
  }

  deliver(
    _consumerTag: string,
    _consumerTagBytes: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    releaseSequence: number,
  ): void {
    this.#unsettled++;
    const delivery = new Delivery(new InboundContent(message, redelivered), this, deliveryTag);
    if (this.#held.length === 0 && releaseSequence <= this.#parts.broker.durableSequence)
      this.stream.push(delivery);
    else this.#held.push({ delivery, releaseSequence });
  }

  consumerCancelled(): void {
    this.stream.fail(new SluiceError('not-found', `the queue '${this.queue}' was deleted`));
  }

  channelFailed(code: 'precondition-failed', message: string): void {
    this.#end();
    this.stream.fail(new SluiceError(code, `${this.queue}: ${message}`));
  }

  /** The engine fails or closes: what is held is given up. */
  abandon(error: SluiceError | undefined): void {
    this.#end();
    this.#held = [];
    this.stream.forget();
    if (error === undefined) void this.stream.close();
    else this.stream.fail(error);
  }

  acknowledge(tag: number): SettleOutcome {
    return this.#settle(() => {
      this.#settlements.acknowledge(tag);
    });
  }

  giveBack(tag: number, why: 'failed' | 'unused'): SettleOutcome {
    return this.#settle(() => {
      this.#settlements.giveBack(tag, why);
    });
  }

  /** Throws what is refused at once. */
  complete(tag: number, { followUps, records }: Completion): Promise<SettleOutcome> {
    if (this.#state === 'ended') return lost;
    this.#room.require(followUps);
    const publish = (): void => {
      for (const { queue, message } of followUps)
        this.#channel.publish(this.#parts.outbound.prepare('', queue, message));
    };
    const step = this.#settlements.complete(tag, records, followUps.length === 0 ? undefined : publish);
    this.#settle(() => undefined);
    if (step.kind === 'lost') return lost;
    return this.#parts.waiters.settled(step.sequence);
  }

  retryLater(tag: number, _delivery: Delivery, afterMs: number): Promise<SettleOutcome> {
    return this.#settleDurably(() => this.#settlements.retry(tag, afterMs));
  }

  async deadLetter(
    tag: number,
    delivery: Delivery,
    reason: string,
    { headers, records = [] }: DeadLetterOptions,
  ): Promise<SettleOutcome> {
    await this.#parts.topology.declareQueue(this.#deadLetterQueue);
    if (records.length > 0) {
      const followUps = [{ queue: this.#deadLetterQueue, message: deadMessage(delivery, reason, headers) }];
      return this.complete(tag, { followUps, records });
    }
    const told = fieldTable({ ...headers, ...failureHeaders(delivery, reason) });
    const failure = { queue: this.#deadLetterQueue, headers: told };
    return this.#settleDurably(() => this.#settlements.deadLetter(tag, failure));
  }

  async #settleDurably(settle: () => number): Promise<SettleOutcome> {
    let sequence = 0;
    const outcome = this.#settle(() => {
      sequence = settle();
    });
    await this.#parts.waiters.wait(sequence);
    return outcome;
  }

  extend(): Promise<SettleOutcome> {
    return Promise.reject(unsupported('embedded', 'extend', absences.extend));
  }

  #release(durableSequence: number): void {
    const held = this.#held;
    if (held.length === 0) return;
    let count = 0;
    while (count < held.length && held[count]!.releaseSequence <= durableSequence)
      this.stream.push(held[count++]!.delivery);
    this.#held = count === held.length ? [] : held.slice(count);
  }

  #settle(settle: () => void): SettleOutcome {
    if (this.#state === 'ended') return 'lost';
    settle();
    this.#unsettled--;
    if (this.#state === 'draining' && this.#unsettled === 0) this.#end();
    return 'settled';
  }

  /** Takes no more, and gives back what nobody got; what was handed out may still be settled. */
  #drain(unhanded: readonly Delivery[]): void {
    if (this.#state !== 'receiving') return;
    this.#state = 'draining';
    this.#channel.cancel(this.#consumerTag);
    const held = this.#held.map(({ delivery }) => delivery);
    this.#held = [];
    for (const delivery of [...unhanded, ...held]) void delivery.release();
    if (this.#unsettled === 0) this.#end();
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#stopListening();
    this.#channel.close();
    this.#onEnd(this);
  }
}
