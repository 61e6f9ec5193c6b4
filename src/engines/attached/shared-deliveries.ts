/**
 * One receiver that outlives the engine it receives from: when that is lost it receives from the next. Invariant: what
 * a lost engine had delivered and nobody got is not handed out; the next engine delivers it again.
 */
import type { Deliveries, Delivery, Engine, HeldLimits, ReceiveOptions } from '../index.js';
import type { Tenure } from './tenure.js';

type Result = IteratorResult<Delivery, undefined>;

interface Subscription {
  readonly engine: Engine;
  readonly deliveries: Deliveries;
}

const ended: Result = { done: true, value: undefined };

export class SharedDeliveries implements Deliveries {
  readonly #tenure: Tenure;
  readonly #queue: string;
  #options: ReceiveOptions;
  readonly #closed: Promise<undefined>;
  #close: () => void = () => undefined;
  #isClosed = false;
  #subscription: Subscription | undefined;
  #subscribing: Promise<Subscription> | undefined;

  constructor(tenure: Tenure, queue: string, options: ReceiveOptions) {
    this.#tenure = tenure;
    this.#queue = queue;
    this.#options = options;
    this.#closed = new Promise((resolve) => {
      this.#close = () => {
        resolve(undefined);
      };
    });
  }

  /** Begins deliveries. Rejects with what the engine refused, and where nobody serves for a minute. */
  async start(): Promise<void> {
    await this.#tenure.wait();
    await this.#subscribe();
  }

  take(): Delivery | undefined {
    return this.#subscription?.deliveries.take();
  }

  async next(): Promise<Result> {
    for (;;) {
      const subscription = this.#subscription ?? (await this.#subscribeUnlessClosed());
      if (subscription === undefined) return ended;
      const result = await this.#nextOf(subscription);
      if (result !== undefined) return result;
      if (this.#subscription === subscription) this.#subscription = undefined;
    }
  }

  async hold({ prefetch, window = this.#options.window }: HeldLimits): Promise<void> {
    this.#options = { ...this.#options, prefetch, ...(window === undefined ? {} : { window }) };
    const subscription = this.#subscription;
    if (subscription !== undefined) await this.#holdOn(subscription);
  }

  /** An engine that is lost meanwhile is followed by one that begins with the limits that were set last. */
  async #holdOn({ engine, deliveries }: Subscription): Promise<void> {
    try {
      await deliveries.hold(this.#options);
    } catch (error) {
      if (!this.#tenure.isLoss(engine, error)) throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#close();
    await this.#subscription?.deliveries.close();
  }

  async return(): Promise<Result> {
    await this.close();
    return ended;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Undefined when its engine was lost. */
  async #nextOf({ engine, deliveries }: Subscription): Promise<Result | undefined> {
    try {
      const result = await deliveries.next();
      const isOver = this.#isClosed || this.#tenure.current === engine;
      return result.done === true && !isOver ? undefined : result;
    } catch (error) {
      if (!this.#tenure.isLoss(engine, error)) throw error;
      return undefined;
    }
  }

  async #subscribeUnlessClosed(): Promise<Subscription | undefined> {
    try {
      return this.#isClosed ? undefined : await Promise.race([this.#subscribe(), this.#closed]);
    } catch (error) {
      if (this.#tenure.end?.code === 'closed') return undefined;
      this.#isClosed = true;
      throw error;
    }
  }

  #subscribe(): Promise<Subscription> {
    this.#subscribing ??= this.#make().finally(() => {
      this.#subscribing = undefined;
    });
    return this.#subscribing;
  }

  async #make(): Promise<Subscription> {
    for (;;) {
      const engine = await this.#tenure.wait(true);
      try {
        const options = this.#options;
        const deliveries = await engine.receive(this.#queue, options);
        if (this.#isClosed) await deliveries.close();
        this.#subscription = { engine, deliveries };
        if (options !== this.#options) await this.#holdOn(this.#subscription);
        return this.#subscription;
      } catch (error) {
        if (!this.#tenure.isLoss(engine, error)) throw error;
      }
    }
  }
}
