/** What a caller has sent and the operation has not yet taken: bounded, read once, closed from outside. */
import { SluiceError } from '../kernel/index.js';

/** An async iterable that is filled by `put`. */
export class Mailbox implements AsyncIterable<unknown> {
  readonly #waitingMax: number;
  readonly #waiting: unknown[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** Throws 'limit-reached' when the operation does not keep up. */
  put(message: unknown): void {
    if (this.#closed) return;
    if (this.#waiting.length >= this.#waitingMax) {
      throw new SluiceError('limit-reached', `more than ${this.#waitingMax} messages are waiting`);
    }
    this.#waiting.push(message);
    this.#wake?.();
  }

  /** Ends the iteration after what is waiting. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift();
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
