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

const soon = Promise.resolve();
const ended: Result = { done: true, value: undefined };

/** How many deliveries are held: `prefetch` and `window` of `ReceiveOptions`. */
export interface HeldLimits {
  readonly prefetch: number;
  readonly window?: number | undefined;
}

/** Deliveries as an engine hands them out. */
export interface Deliveries extends AsyncIterableIterator<Delivery> {
  next(): Promise<Result>;
  /** What `next` would give at once; undefined: ask `next`. */
  take(): Delivery | undefined;
  /**
   * Lets so many deliveries be held from now on, as `ReceiveOptions` says. What is held stays held, so that for a while
   * there may be as many as both limits together. Rejects with what the engine refused.
   */
  hold(limits: HeldLimits): Promise<void>;
  /** Takes no more; what nobody got goes back. Safe to call twice. */
  close(): Promise<void>;
}

export class DeliveryStream implements Deliveries {
  readonly #onClose: (unhanded: readonly Delivery[]) => void | Promise<void>;
  readonly #choose: () => Delivery | undefined;
  readonly #hold: (limits: HeldLimits) => void | Promise<void>;
  #buffer: Delivery[] = [];
  /** Index of the next one in the buffer. */
  #head = 0;
  #waiting: Waiting[] = [];
  #handed = 0;
  #failure: SluiceError | undefined = undefined;
  #isOver = false;
  #closing: Promise<void> | undefined;
  #isWaking = false;
  #isTurning = false;

  /**
   * `onClose` runs once: it ends the subscription and takes back what nobody got. `choose` gives the next delivery
   * when nothing is buffered, for a receiver that chooses at the last moment; `wake` tells that it has one. `hold` sets the engine's limits.
   */
  constructor(
    onClose: (unhanded: readonly Delivery[]) => void | Promise<void>,
    choose: () => Delivery | undefined = () => undefined,
    hold: (limits: HeldLimits) => void | Promise<void> = () => undefined,
  ) {
    this.#onClose = onClose;
    this.#choose = choose;
    this.#hold = hold;
  }

  /** Deliveries that were pushed and not handed out. */
  get size(): number {
    return this.#buffer.length - this.#head;
  }

  /** A delivery from the engine. */
  push(delivery: Delivery): void {
    this.#buffer.push(delivery);
    this.wake();
  }

  /**
   * There is something to hand out, or to choose. It wakes one who waits, then the next, which gets what the one before
   * has left: a program that takes all there is need not be woken for each.
   */
  wake(): void {
    if (this.#isWaking || this.#waiting.length === 0) return;
    this.#isWaking = true;
    void soon.then(this.#wakeOne);
  }

  /** The engine has no more: what is buffered is still handed out, then the error. */
  fail(error: SluiceError): void {
    if (this.#isOver) return;
    while (this.size > 0 && this.#waiting.length > 0) this.#hand(this.#take()!);
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
    if (this.#isTurnOver) return undefined;
    const delivery = this.#take();
    if (delivery !== undefined) this.#handed++;
    return delivery;
  }

  next(): Promise<Result> {
    const value = this.take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#isOver && this.size === 0) return this.#end();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#isTurnOver) this.#turn();
    });
  }

  async hold(limits: HeldLimits): Promise<void> {
    if (!this.#isOver) await this.#hold(limits);
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

  #hand(value: Delivery): void {
    this.#handed++;
    this.#waiting.shift()!.resolve({ done: false, value });
  }

  readonly #wakeOne = (): void => {
    this.#isWaking = false;
    if (this.#waiting.length === 0) return;
    if (this.#isTurnOver) {
      this.#turn();
      return;
    }
    const delivery = this.#take();
    if (delivery === undefined) return;
    this.#hand(delivery);
    this.wake();
  };

  get #isTurnOver(): boolean {
    return this.#handed >= deliveriesPerTurn;
  }

  /** Goes on after the others on the event loop. */
  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      this.#handed = 0;
      this.#wakeOne();
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
