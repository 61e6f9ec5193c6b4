/**
 * Something that is read from afar, beside the measurement: it waits for nobody, and nobody waits for it. Invariant: a
 * reading older than three intervals is no longer known.
 */
import { messageOf, SluiceError, type Clock } from '../../kernel/index.js';

const staleIntervals = 3;

/** How reading fares. Moments are Unix ms. */
export interface PolledHealth {
  /** Whether the newest attempt succeeded; undefined: there was none yet. */
  readonly isUp: boolean | undefined;
  /** Since when attempts have gone so; undefined: there was none yet. */
  readonly sinceMs: number | undefined;
  /** The end of the newest attempt. */
  readonly triedMs: number | undefined;
  /** Why the newest attempt that failed did; undefined: none has. */
  readonly problem: { readonly text: string; readonly atMs: number } | undefined;
}

export class Polled<Reading> {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #read: () => Promise<Reading>;
  #reading: Reading | undefined;
  #readMs = -Infinity;
  #askedMs = -Infinity;
  #problem = 'it was not read yet';
  #asking: Promise<void> | undefined;
  #isUp: boolean | undefined;
  #sinceMs: number | undefined;
  #triedMs: number | undefined;
  #failedMs: number | undefined;

  constructor(clock: Clock, everyMs: number, read: () => Promise<Reading>) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#read = read;
  }

  /** Whether the newest attempt succeeded; undefined: there was none yet. */
  get isUp(): boolean | undefined {
    return this.#isUp;
  }

  get health(): PolledHealth {
    return {
      ...{ isUp: this.#isUp, sinceMs: this.#sinceMs, triedMs: this.#triedMs },
      problem: this.#failedMs === undefined ? undefined : { text: this.#problem, atMs: this.#failedMs },
    };
  }

  /** The newest reading; asks for the next when it is time. Throws `connection-failed` when it is too old. */
  current(): Reading {
    this.poll();
    if (this.#clock.monotonic() - this.#readMs <= staleIntervals * this.#everyMs) return this.#reading!;
    throw new SluiceError('connection-failed', this.#problem, { retryable: true });
  }

  /** Asks, unless it is too early. */
  poll(): void {
    const nowMs = this.#clock.monotonic();
    if (this.#asking !== undefined || nowMs - this.#askedMs < this.#everyMs) return;
    this.#askedMs = nowMs;
    this.#asking = this.#ask().finally(() => (this.#asking = undefined));
  }

  /** Resolves when nothing is being asked. */
  async settled(): Promise<void> {
    await this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      this.#reading = await this.#read();
      this.#readMs = this.#clock.monotonic();
      this.#tried(true);
    } catch (problem) {
      this.#problem = messageOf(problem);
      this.#tried(false);
      this.#failedMs = this.#triedMs;
    }
  }

  #tried(isUp: boolean): void {
    this.#triedMs = this.#clock.now();
    if (this.#isUp !== isUp) this.#sinceMs = this.#triedMs;
    this.#isUp = isUp;
  }
}
