/**
 * A handler at work on a queue: so many messages at a time, each acknowledged when its handler is done with it. A
 * handler that throws gets the message again after a pause, and after `attempts` failures the dead-letter queue does.
 */
import { messageOf } from '../kernel/index.js';
import type { Delivery } from './delivery.js';
import type { Duration } from './duration.js';
import type { Reception } from './reception.js';

/** Called with each message. Settling it is optional: one that is still held when the handler returns is acknowledged. */
export type Handler = (message: Delivery, context: { readonly signal: AbortSignal }) => unknown;

export interface ConsumeOptions {
  /** Messages handled at a time; 1 unless said otherwise, which keeps the queue's order. */
  readonly concurrency?: number;
  /** Messages held at a time; twice the concurrency, at least 16, unless said otherwise. */
  readonly prefetch?: number;
  /** Messages held to choose among, where the engine leaves the order to receivers: see `ReceiveSettings`. */
  readonly window?: number;
  /** Deliveries before a failing message goes to the dead-letter queue; 5 unless said otherwise. */
  readonly attempts?: number;
  /** The pause before a failed message comes again; from 1 s, doubling, up to 1 min unless said otherwise. */
  readonly retryAfter?: Duration | ((attempt: number, error: unknown) => Duration);
  /** Told of each failure, before the message is retried or dead-lettered. */
  readonly onError?: (error: unknown, message: Delivery) => void;
  /** Ends it, as `close` does. */
  readonly signal?: AbortSignal;
}

/** Aborting handlers are not waited for, and what they hold goes back to the queue. */
export interface CloseOptions {
  readonly abort?: boolean;
}

const attemptsDefault = 5;
const pauseMsFirst = 1_000;
const pauseMsMax = 60_000;

export class Consumption {
  readonly #reception: Reception;
  readonly #handler: Handler;
  readonly #options: ConsumeOptions;
  readonly #abort = new AbortController();
  /** Settles when the last handler has returned: rejects when the queue was deleted or the engine failed. */
  readonly finished: Promise<void>;

  constructor(reception: Reception, handler: Handler, options: ConsumeOptions) {
    this.#reception = reception;
    this.#handler = handler;
    this.#options = options;
    const workers = Array.from({ length: options.concurrency ?? 1 }, () => this.#work());
    this.finished = Promise.all(workers).then(() => undefined);
    // A program that does not look at `finished` must not end by an unhandled rejection; it sees it in `close`.
    this.finished.catch(() => undefined);
  }

  /** Takes no more messages and waits for the handlers at work. With `abort`, tells them by their signal. */
  async close(options: CloseOptions = {}): Promise<void> {
    await this.#reception.close();
    if (options.abort === true) this.#abort.abort();
    await this.finished;
  }

  async #work(): Promise<void> {
    for (;;) {
      const result = await this.#reception.next();
      if (result.done === true) return;
      await this.#handle(result.value);
    }
  }

  async #handle(message: Delivery): Promise<void> {
    try {
      await this.#handler(message, { signal: this.#abort.signal });
    } catch (error) {
      this.#options.onError?.(error, message);
      if (message.isHeld) await this.#failed(message, error);
      return;
    }
    if (message.isHeld) await message.ack();
  }

  async #failed(message: Delivery, error: unknown): Promise<void> {
    if (this.#abort.signal.aborted) await message.release();
    else if (message.attempt >= (this.#options.attempts ?? attemptsDefault))
      await message.deadLetter(messageOf(error));
    else await message.retry(this.#pause(message.attempt, error));
  }

  #pause(attempt: number, error: unknown): Duration {
    const { retryAfter } = this.#options;
    if (typeof retryAfter === 'function') return retryAfter(attempt, error);
    return retryAfter ?? Math.min(pauseMsFirst * 2 ** (attempt - 1), pauseMsMax);
  }
}
