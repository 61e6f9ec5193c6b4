/**
 * What stands between the broker and one client: holds confirms, answers and deliveries, in their order, until their
 * sequence is durable, as a connection of a protocol's server does. A broken one lets everything through early, to
 * show that the checker notices.
 */
interface Held {
  readonly sequence: number;
  readonly run: () => void;
}

/** The process, as far as its clients can tell. */
export interface Process {
  /** What is durable, as far as clients were told. */
  durableSequence: number;
  /** A process that ended tells nobody anything. */
  hasEnded: boolean;
}

export class Wire {
  readonly #process: Process;
  readonly #isEarly: boolean;
  readonly #held: Held[] = [];

  constructor(process: Process, isEarly: boolean) {
    this.#process = process;
    this.#isEarly = isEarly;
  }

  /** How many wait. */
  get held(): number {
    return this.#held.length;
  }

  /** Runs once everything up to `sequence` is durable and what came before has gone; 0: nothing else to wait for. */
  when(sequence: number, run: () => void): void {
    this.#held.push({ sequence: this.#isEarly ? 0 : sequence, run });
    this.release();
  }

  /** Lets through what may go. */
  release(): void {
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      if (this.#process.hasEnded || first.sequence > this.#process.durableSequence) return;
      this.#held.shift();
      first.run();
    }
  }
}
