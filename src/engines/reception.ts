/**
 * Deliveries as a program iterates them: `for await (const message of queue.receive())`. Deliveries begin with the
 * first `next`; `break`, the signal and `close` end them, and what was handed out stays held until it is settled.
 */
import type { Delivery } from './delivery.js';
import type { Deliveries } from './delivery-stream.js';

type Result = IteratorResult<Delivery, undefined>;

export class Reception implements AsyncIterableIterator<Delivery> {
  readonly #open: () => Promise<Deliveries>;
  readonly #signal: AbortSignal | undefined;
  #opening: Promise<Deliveries> | undefined;
  #stream: Deliveries | undefined;
  #isClosed = false;
  readonly #abort = (): void => {
    // A failed end shows in `next`; nobody waits for this one.
    this.close().catch(() => undefined);
  };

  constructor(open: () => Promise<Deliveries>, signal: AbortSignal | undefined) {
    this.#open = open;
    this.#signal = signal;
    if (signal?.aborted === true) this.#isClosed = true;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** The next message; done after `close`. Rejects when the queue was deleted or the engine failed. */
  next(): Promise<Result> {
    return this.#stream === undefined ? this.#begin() : this.#stream.next();
  }

  async return(): Promise<Result> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Takes no more. Safe to call twice, and before the first message. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    const stream = await this.#opening?.catch(() => undefined);
    await stream?.close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #begin(): Promise<Result> {
    if (this.#isClosed) return { done: true, value: undefined };
    this.#opening ??= this.#open();
    this.#stream = await this.#opening;
    return this.#stream.next();
  }
}
