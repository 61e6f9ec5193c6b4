/**
 * The deliveries of one receiver, between the engine that pushes and the program that pulls. The engine's prefetch
 * bounds it. Invariant: what was not handed out when the stream closes goes back to the engine, in order.
 */
import type { SluiceError } from '../kernel/index.js';
import type { Delivery } from './delivery.js';

type Result = IteratorResult<Delivery, undefined>;

interface Waiting {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Deliveries handed out before others on the event loop get their turn. A program whose handler never waits would
 * else keep syncs and sockets from running at all; one turn in 64 costs under 2 % (about 0.1 µs a message).
 */
const deliveriesPerTurn = 64;

const ended: Result = { done: true, value: undefined };

/** Deliveries as an engine hands them out. */
export interface Deliveries extends AsyncIterableIterator<Delivery> {
  next(): Promise<Result>;
  /** What `next` would give at once; undefined: ask `next`. */
  take(): Delivery | undefined;
  /** Takes no more; what nobody got goes back. Safe to call twice. */
  close(): Promise<void>;
}

export class DeliveryStream implements Deliveries {
  readonly #onClose: (unhanded: readonly Delivery[]) => void | Promise<void>;
  readonly #choose: () => Delivery | undefined;
  #buffer: Delivery[] = [];
  /** Index of the next one in the buffer. */
  #head = 0;
  #waiting: Waiting[] = [];
  #handed = 0;
  #failure: SluiceError | undefined = undefined;
  #isOver = false;
  #closing: Promise<void> | undefined;

  /**
   * `onClose` runs once: it ends the subscription and takes back what nobody got. `choose` gives the next delivery
   * when nothing is buffered, for a receiver that chooses at the last moment; `wake` tells that it has one.
   */
  constructor(
    onClose: (unhanded: readonly Delivery[]) => void | Promise<void>,
    choose: () => Delivery | undefined = () => undefined,
  ) {
    this.#onClose = onClose;
    this.#choose = choose;
  }

  /** Deliveries that were pushed and not handed out. */
  get size(): number {
    return this.#buffer.length - this.#head;
  }

  /** A delivery from the engine. */
  push(delivery: Delivery): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#buffer.push(delivery);
    else this.#hand(delivery, waiting);
  }

  /** Something may be chosen now: whoever waits gets it. */
  wake(): void {
    while (this.#waiting.length > 0) {
      const delivery = this.#choose();
      if (delivery === undefined) return;
      this.#hand(delivery, this.#waiting.shift()!);
    }
  }

  /** The engine has no more: what is buffered is still handed out, then the error. */
  fail(error: SluiceError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = error;
    this.#settleWaiting();
  }

  /** Takes back what is buffered, for an engine whose connection took the deliveries with it. */
  forget(): void {
    this.#buffer = [];
    this.#head = 0;
  }

  take(): Delivery | undefined {
    if (this.#handed + 1 >= deliveriesPerTurn) return undefined;
    const delivery = this.#take();
    if (delivery !== undefined) this.#handed++;
    return delivery;
  }

  next(): Promise<Result> {
    const delivery = this.#take();
    if (delivery === undefined && this.#isOver) return this.#end();
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      if (delivery === undefined) this.#waiting.push(waiting);
      else this.#hand(delivery, waiting);
    });
  }

  /** Ends the stream, as `break` in a `for await` does. */
  async return(): Promise<Result> {
    await this.close();
    return ended;
  }

  /** Takes no more from the engine; what is held stays held. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #close(): Promise<void> {
    this.#isOver = true;
    const unhanded = this.#buffer.slice(this.#head);
    this.forget();
    this.#settleWaiting();
    await this.#onClose(unhanded);
  }

  #take(): Delivery | undefined {
    const delivery = this.#buffer[this.#head];
    if (delivery === undefined) return this.#choose();
    this.#head++;
    if (this.#head === this.#buffer.length) this.forget();
    return delivery;
  }

  #hand(delivery: Delivery, { resolve }: Waiting): void {
    this.#handed++;
    if (this.#handed < deliveriesPerTurn) {
      resolve({ done: false, value: delivery });
      return;
    }
    setImmediate(() => {
      this.#handed = 0;
      resolve({ done: false, value: delivery });
    });
  }

  async #end(): Promise<Result> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    return Promise.resolve(ended);
  }

  #settleWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure === undefined) resolve(ended);
      else reject(failure);
    }
  }
}
