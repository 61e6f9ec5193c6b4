/**
 * Who waits for which sequence to be durable. Invariant: sequences are waited for in rising order, so the ones that
 * a sync covers stand at the front.
 */
import type { SluiceError } from '../../kernel/index.js';

interface Waiter {
  readonly sequence: number;
  readonly resolve: () => void;
  readonly reject: (error: SluiceError) => void;
}

export class DurableWaiters {
  #durableSequence: number;
  #waiters: Waiter[] = [];
  #head = 0;
  #failure: SluiceError | undefined;

  constructor(durableSequence: number) {
    this.#durableSequence = durableSequence;
  }

  /** Resolves when everything up to `sequence` is durable; 0: at once. */
  wait(sequence: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (sequence <= this.#durableSequence) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ sequence, resolve, reject });
    });
  }

  /** A sync returned. */
  advance(durableSequence: number): void {
    this.#durableSequence = durableSequence;
    while (this.#head < this.#waiters.length && this.#waiters[this.#head]!.sequence <= durableSequence)
      this.#waiters[this.#head++]!.resolve();
    if (this.#head === this.#waiters.length) this.#clear();
  }

  /** Nothing more will be durable. */
  fail(error: SluiceError): void {
    this.#failure ??= error;
    const waiting = this.#waiters.slice(this.#head);
    this.#clear();
    for (const { reject } of waiting) reject(error);
  }

  #clear(): void {
    this.#waiters = [];
    this.#head = 0;
  }
}
