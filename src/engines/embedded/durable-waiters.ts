/**
 * Who waits for which sequence to be durable. Invariant: sequences are waited for in rising order (but for those of one
 * turn, which one sync covers), so the ones that a sync covers stand at the front.
 */
import type { SluiceError } from '../../kernel/index.js';
import type { SettleOutcome } from '../index.js';

interface Waiter {
  sequence: number;
  readonly resolve: () => void;
  readonly reject: (error: SluiceError) => void;
}

export class DurableWaiters {
  #durableSequence: number;
  #waiters: Waiter[] = [];
  #head = 0;
  #failure: SluiceError | undefined;
  /** Settlements of this turn of the event loop: one sync covers them all. */
  #settling: { readonly waiter: Waiter; readonly promise: Promise<SettleOutcome> } | undefined;

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

  /**
   * Resolves to `settled` when everything up to `sequence` is durable. All who ask in one turn of the event loop get
   * the same promise: one for each settlement was a twelfth of what a short task costs.
   */
  settled(sequence: number): Promise<SettleOutcome> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (sequence <= this.#durableSequence) return Promise.resolve('settled');
    const settling = (this.#settling ??= this.#settlingFrom(sequence));
    settling.waiter.sequence = Math.max(settling.waiter.sequence, sequence);
    return settling.promise;
  }

  #settlingFrom(sequence: number): { readonly waiter: Waiter; readonly promise: Promise<SettleOutcome> } {
    let waiter: Waiter | undefined;
    const promise = new Promise<SettleOutcome>((resolve, reject) => {
      const settle = (): void => {
        resolve('settled');
      };
      waiter = { sequence, resolve: settle, reject };
      this.#waiters.push(waiter);
    });
    setImmediate(() => {
      this.#settling = undefined;
    });
    return { waiter: waiter!, promise };
  }

  /** A sync returned. */
  advance(durableSequence: number): void {
    this.#durableSequence = durableSequence;
    this.#settling = undefined;
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
