/** What has arrived on one channel and nobody has taken yet; taking waits for arrivals, never polls. */
import type { Incoming } from './decode.js';

const waitMs = 10_000;

interface Waiter {
  readonly wanted: (incoming: Incoming) => boolean;
  readonly resolve: (incoming: Incoming) => void;
  readonly reject: (error: Error) => void;
}

export class Inbox {
  #items: Incoming[] = [];
  #waiters: Waiter[] = [];
  #ended: string | undefined;

  /** What has arrived and was not taken. */
  get items(): readonly Incoming[] {
    return this.#items;
  }

  put(incoming: Incoming): void {
    const index = this.#waiters.findIndex((waiter) => waiter.wanted(incoming));
    if (index === -1) this.#items.push(incoming);
    else this.#waiters.splice(index, 1)[0]!.resolve(incoming);
  }

  /** Nothing will arrive any more. */
  end(why: string): void {
    this.#ended ??= why;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error(why));
  }

  /** The first arrival that `wanted` accepts; rejects when none comes or the connection ends. */
  take(what: string, wanted: (incoming: Incoming) => boolean): Promise<Incoming> {
    const index = this.#items.findIndex(wanted);
    if (index !== -1) return Promise.resolve(this.#items.splice(index, 1)[0]!);
    if (this.#ended !== undefined)
      return Promise.reject(new Error(`${this.#ended} while waiting for ${what}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        const seen = this.#items.map(({ name }) => name).join(', ');
        reject(new Error(`no ${what} within ${waitMs} ms; arrived instead: ${seen || 'nothing'}`));
      }, waitMs);
      const waiter: Waiter = {
        wanted,
        resolve: (incoming) => {
          clearTimeout(timer);
          resolve(incoming);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(new Error(`${error.message} while waiting for ${what}`));
        },
      };
      this.#waiters.push(waiter);
    });
  }
}
