/**
 * Runs one piece of work again and again. Invariants: one round runs at a time, and the wait for the next begins when it
 * has ended; a round that fails is told and followed by the next as any other.
 */
import type { CancelTimer, Clock } from './clock.js';
import { messageOf } from './errors.js';

export interface RoundsOptions {
  readonly clock: Clock;
  /** Milliseconds to wait before a round, asked when that wait begins. */
  readonly delayMs: () => number;
  readonly round: () => void | Promise<void>;
  /** Told the message of what a round threw. */
  readonly onProblem: (problem: string) => void;
}

export class Rounds {
  readonly #options: RoundsOptions;
  #cancelTimer: CancelTimer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isRunning = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Between `start` and `stop`. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Waits, then begins the first round. Safe to call twice; not while a `stop` is awaited. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#arm();
  }

  /** Begins no more rounds, and resolves when the one under way has ended. Safe before `start` and twice. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#round;
  }

  /** Begins the wait for the next round anew, where `delayMs` says something else now. */
  rearm(): void {
    if (!this.#isRunning || this.#cancelTimer === undefined) return;
    this.#cancelTimer();
    this.#arm();
  }

  #arm(): void {
    const { clock, delayMs } = this.#options;
    this.#cancelTimer = clock.after(delayMs(), () => {
      this.#cancelTimer = undefined;
      this.#round = this.#run();
    });
  }

  async #run(): Promise<void> {
    try {
      await this.#options.round();
    } catch (problem) {
      this.#options.onProblem(messageOf(problem));
    }
    if (this.#isRunning) this.#arm();
  }
}
