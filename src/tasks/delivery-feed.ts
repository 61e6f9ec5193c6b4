/**
 * Merges the deliveries of several queues for the slots of one worker, in the order in which they come. Invariant:
 * at most one delivery of each stream is held here; the rest stay with the engine until a slot asks.
 */
import type { Deliveries, Delivery } from '../engines/index.js';

interface Waiting {
  readonly resolve: (delivery: Delivery | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class DeliveryFeed {
  readonly #streams: Deliveries[] = [];
  /** Streams that are not being asked. */
  readonly #idle: Deliveries[] = [];
  readonly #ready: Delivery[] = [];
  readonly #waiting: Waiting[] = [];
  #end: { readonly error: Error | undefined } | undefined;

  add(stream: Deliveries): void {
    this.#streams.push(stream);
    this.#idle.push(stream);
  }

  /** What `next` would give at once; undefined: ask `next`. */
  take(): Delivery | undefined {
    return this.#streams.length === 1 ? this.#streams[0]!.take() : undefined;
  }

  /** The next delivery of any stream; done after `close`. Rejects with what ended a stream. */
  next(): Promise<IteratorResult<Delivery, undefined>> {
    // The usual worker has one queue, and its stream serves many slots at once by itself.
    return this.#streams.length === 1 ? this.#streams[0]!.next() : this.#merged();
  }

  async #merged(): Promise<IteratorResult<Delivery, undefined>> {
    const value = await this.#nextOfAny();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  async #nextOfAny(): Promise<Delivery | undefined> {
    const ready = this.#ready.shift();
    if (ready !== undefined) {
      this.#pullAll();
      return ready;
    }
    if (this.#end?.error !== undefined) throw this.#end.error;
    if (this.#end !== undefined) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#pullAll();
    });
  }

  /** Takes no more from the streams and gives back what nobody asked for. */
  async close(): Promise<void> {
    this.#end ??= { error: undefined };
    for (const delivery of this.#ready.splice(0)) void delivery.release();
    await Promise.all(this.#streams.map((stream) => stream.close()));
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
  }

  #pullAll(): void {
    for (const stream of this.#idle.splice(0)) void this.#pull(stream);
  }

  async #pull(stream: Deliveries): Promise<void> {
    try {
      do {
        const { value, done } = await stream.next();
        if (done === true) return;
        const waiting = this.#waiting.shift();
        if (waiting !== undefined) waiting.resolve(value);
        else if (this.#end !== undefined) void value.release();
        else this.#ready.push(value);
      } while (this.#waiting.length > 0);
      this.#idle.push(stream);
    } catch (error) {
      this.#end ??= { error: error as Error };
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }
}
