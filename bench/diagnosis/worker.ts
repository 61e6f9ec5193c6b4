/** A model of a consumer: it takes what the broker hands it, one message after another, each for a random time. */
import {
  fieldTable,
  type Broker,
  type BrokerChannel,
  type BrokerConnection,
} from '../../src/broker/index.js';
import type { Random } from '../../src/kernel/index.js';

export interface WorkerOptions {
  readonly queue: string;
  readonly prefetch: number;
  /** The mean time that a message takes. */
  readonly serviceMs: number;
  /** Share of messages that fail for good. */
  readonly failShare?: number;
  /** Share of messages that fail once. */
  readonly retryShare?: number;
}

interface Taken {
  readonly tag: number;
  readonly isPoison: boolean;
  readonly redelivered: boolean;
}

export class Worker {
  readonly options: WorkerOptions;
  readonly #random: Random;
  readonly #connection: BrokerConnection;
  readonly #channel: BrokerChannel;
  readonly #waiting: Taken[] = [];
  #current: { readonly taken: Taken; readonly endMs: number } | undefined = undefined;
  #freeMs = 0;
  /** It ended a message in this step: what the broker hands it for that begins then, not at the end of the step. */
  #isFresh = false;
  serviceMs: number;
  /** Share of messages that take `longMs`. */
  longShare = 0;
  longMs = 0;
  isHung = false;
  isOpen = true;

  constructor(broker: Broker, name: string, options: WorkerOptions, random: Random) {
    this.options = options;
    this.#random = random;
    this.serviceMs = options.serviceMs;
    this.#connection = broker.connect({ name, user: 'guest', vhost: '/' });
    this.#channel = this.#connection.openChannel({
      deliver: (_tag, _bytes, tag, redelivered, message) => {
        const { bodyBuffer, bodyStart, bodyEnd } = message;
        const isPoison =
          bodyEnd - bodyStart === 6 && bodyBuffer.toString('latin1', bodyStart, bodyEnd) === 'poison';
        this.#waiting.push({ tag, isPoison, redelivered });
      },
      consumerCancelled: () => undefined,
      channelFailed: () => undefined,
    });
    this.#channel.setPrefetch(options.prefetch, false);
    const tag = this.#channel.consume({
      queue: options.queue,
      consumerTag: '',
      noAck: false,
      exclusive: false,
      arguments: fieldTable({}),
    });
    this.#channel.start(tag);
  }

  /** Ends what ends by `nowMs`, and begins what it has time for. True: it ended something, and may be handed more. */
  step(nowMs: number): boolean {
    this.#isFresh = false;
    while (this.isOpen && !this.isHung) {
      if (this.#current === undefined && !this.#begin(nowMs)) break;
      const { taken, endMs } = this.#current!;
      if (endMs > nowMs) break;
      this.#current = undefined;
      this.#freeMs = endMs;
      this.#isFresh = true;
      this.#settle(taken);
    }
    return this.#isFresh;
  }

  #begin(nowMs: number): boolean {
    const taken = this.#waiting.shift();
    if (taken === undefined) {
      if (!this.#isFresh) this.#freeMs = nowMs;
      return false;
    }
    this.#current = { taken, endMs: this.#freeMs + this.#serviceTime() };
    return true;
  }

  /** Half of it always, the other half exponential: no time is zero, and a few are several times as long. */
  #serviceTime(): number {
    if (this.#random.next() < this.longShare) return this.longMs;
    return this.serviceMs * (0.5 - 0.5 * Math.log(1 - this.#random.next()));
  }

  #settle({ tag, isPoison, redelivered }: Taken): void {
    const { failShare = 0, retryShare = 0 } = this.options;
    if (isPoison) this.#channel.reject(tag, false, true);
    else if (this.#random.next() < failShare) this.#channel.reject(tag, false, false);
    else if (!redelivered && this.#random.next() < retryShare) this.#channel.reject(tag, false, true);
    else this.#channel.acknowledge(tag, false);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#connection.close();
  }
}
