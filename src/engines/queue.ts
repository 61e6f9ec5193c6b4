/**
 * A queue as a program sees it: send, receive, look, empty, delete. Invariant: the queue is declared before its first
 * use, and again after it was deleted.
 */
import { SluiceError, type Clock } from '../kernel/index.js';
import { requireCapability } from './capability.js';
import { Consumption, type ConsumeOptions, type Handler } from './consumption.js';
import type { Engine, SendOptions } from './engine.js';
import type { StoredMessage } from './message.js';
import { engineMessage, type Sendable } from './outgoing.js';
import { declarationOf, type QueueOptions } from './queue-options.js';
import { Reception } from './reception.js';
import { deadLetterQueueOf, type QueueInfo } from './topology.js';

export interface ReceiveSettings {
  /** Messages held at a time, buffered and unsettled together; 100 unless said otherwise. */
  readonly prefetch?: number;
  /**
   * Where the engine leaves the order to receivers (RabbitMQ): messages held to choose among; ten times the prefetch
   * unless said otherwise. A larger one orders more; what it holds, other receivers cannot have.
   */
  readonly window?: number;
  /** No other receiver may have the queue. */
  readonly exclusive?: boolean;
  /** Ends the iteration; what was handed out stays held. */
  readonly signal?: AbortSignal;
}

const prefetchDefault = 100;
const prefetchMax = 65_535;
const consumePrefetchMin = 16;

export class Queue {
  readonly name: string;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #options: QueueOptions | undefined;
  #declared: Promise<void> | undefined;
  #isDeclared = false;

  constructor(engine: Engine, clock: Clock, name: string, options: QueueOptions | undefined) {
    this.#engine = engine;
    this.#clock = clock;
    this.name = name;
    this.#options = options;
  }

  /** Whether it was given options. */
  get isDescribed(): boolean {
    return this.#options !== undefined;
  }

  /** Where messages go that `deadLetter` is called for, and that the queue itself gives up. */
  get deadLetterQueue(): string {
    return this.#options?.deadLetter ?? deadLetterQueueOf(this.name);
  }

  /**
   * Sends messages: bytes, text, JSON values, or envelopes with a `body`. Resolves when all are durable; those of one
   * call, and of calls made in one turn, share a sync. Rejects with `bad-input`, `unsupported`, `limit-reached`.
   */
  send(...messages: readonly Sendable[]): Promise<void> {
    return this.sendAll(messages);
  }

  /** Sends a batch, as `send` does. Aborting gives up waiting; what was handed over is still stored. */
  async sendAll(messages: readonly Sendable[], options?: SendOptions): Promise<void> {
    const nowMs = this.#clock.now();
    const outgoing = messages.map((message) => engineMessage(message, nowMs));
    if (!this.#isDeclared) await this.declare();
    // Not awaited: one promise less for each of the many sends in flight.
    return this.#engine.send(this.name, outgoing, options).catch(this.#sendFailed);
  }

  /** Messages to iterate over; each is held until it is settled. Nothing happens before the first is asked for. */
  receive(settings: ReceiveSettings = {}): Reception {
    const { prefetch = prefetchDefault, window, exclusive = false, signal } = settings;
    checkHeld(prefetch, 'prefetch');
    if (window !== undefined) checkHeld(window, 'window');
    return new Reception(async () => {
      await this.declare();
      const options = { prefetch, exclusive, deadLetterQueue: this.deadLetterQueue };
      return this.#engine.receive(this.name, window === undefined ? options : { ...options, window });
    }, signal);
  }

  /** Calls `handler` with each message and acknowledges it when the handler is done. */
  consume(handler: Handler, options: ConsumeOptions = {}): Consumption {
    const { concurrency = 1, signal } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1)
      throw new SluiceError('bad-input', `concurrency is a whole number from 1, not ${concurrency}`);
    const prefetch = options.prefetch ?? Math.min(Math.max(2 * concurrency, consumePrefetchMin), prefetchMax);
    const { window } = options;
    const reception = this.receive({
      prefetch,
      ...(window === undefined ? {} : { window }),
      ...(signal === undefined ? {} : { signal }),
    });
    return new Consumption(reception, handler, options);
  }

  /** Up to `count` messages from the front, which stay where they are. */
  async peek(count = 1): Promise<readonly StoredMessage[]> {
    requireCapability(this.#engine, 'peek');
    await this.declare();
    return this.#engine.peek(this.name, count);
  }

  /** Drops every message that is ready; gives their number. */
  async purge(): Promise<number> {
    await this.declare();
    return this.#engine.topology.purgeQueue(this.name);
  }

  /** Deletes the queue with its messages; gives the number that were ready. */
  async delete(when?: { readonly unused?: boolean; readonly empty?: boolean }): Promise<number> {
    const messages = await this.#engine.topology.deleteQueue(this.name, when);
    this.#forget();
    return messages;
  }

  /** Delivers nothing until `resume`, through restarts; it still takes messages. False: it was paused already. */
  pause(): Promise<boolean> {
    return this.#setPaused(true);
  }

  /** Delivers again. False: it was not paused. */
  resume(): Promise<boolean> {
    return this.#setPaused(false);
  }

  async #setPaused(paused: boolean): Promise<boolean> {
    requireCapability(this.#engine, 'pause');
    await this.declare();
    return this.#engine.topology.setPaused(this.name, paused);
  }

  /** The queue now; undefined when it does not exist. Declares nothing. */
  info(): Promise<QueueInfo | undefined> {
    return this.#engine.topology.describeQueue(this.name);
  }

  /** Makes the queue now rather than at its first use. */
  async declare(): Promise<void> {
    this.#declared ??= this.#declare();
    try {
      await this.#declared;
    } catch (error) {
      this.#forget();
      throw error;
    }
    this.#isDeclared = true;
  }

  async #declare(): Promise<void> {
    const { topology } = this.#engine;
    if (this.#options === undefined) {
      await topology.declareQueue(this.name);
      return;
    }
    if (this.#options.deadLetter !== undefined) await topology.declareQueue(this.#options.deadLetter);
    await topology.declareQueue(this.name, declarationOf(this.#options));
  }

  readonly #sendFailed = (error: unknown): never => {
    if (error instanceof SluiceError && error.code === 'not-found') this.#forget();
    throw error;
  };

  #forget(): void {
    this.#declared = undefined;
    this.#isDeclared = false;
  }
}

function checkHeld(count: number, what: string): void {
  if (Number.isInteger(count) && count >= 1 && count <= prefetchMax) return;
  throw new SluiceError('bad-input', `${what} is a whole number from 1 to ${prefetchMax}, not ${count}`);
}
