/**
 * Keeps a client that sends requests and does not read the answers from filling the memory: beyond a bound it is
 * heard no further until it has read half. Deliveries have a bound of their own.
 */
import type { Output } from './output.js';

/** What it needs of the connection. */
export interface AnsweringHost {
  readonly output: Output;
  suspend(): () => void;
}

export class UnreadAnswers {
  readonly #bytesMax: number;
  #resume: (() => void) | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** An answer was appended to the output. */
  grew(host: AnsweringHost): void {
    if (host.output.unsentBytes > this.#bytesMax) this.#resume ??= host.suspend();
  }

  /** The system took bytes of the output. */
  shrank(host: AnsweringHost): void {
    if (this.#resume === undefined || host.output.unsentBytes > this.#bytesMax / 2) return;
    const resume = this.#resume;
    this.#resume = undefined;
    resume();
  }
}
