/**
 * How late the event loop comes to its timers: a timer of 20 ms that notes its own delay, 50 times a second. Invariant:
 * a loop that was held for long is noted once, with how long.
 */
import { LatencyTrack, type CancelTimer, type Clock } from '../../kernel/index.js';

const everyMs = 20;

export class LoopDelay {
  readonly #clock: Clock;
  readonly #track: LatencyTrack;
  #cancel: CancelTimer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#track = new LatencyTrack(clock.monotonic());
  }

  /** Safe to call twice. */
  start(): void {
    if (this.#cancel === undefined) this.#arm();
  }

  /** Safe before `start` and twice. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** All delays, and those since the last reading. */
  read(): LatencyTrack {
    return this.#track.read(this.#clock.monotonic());
  }

  #arm(): void {
    const dueMs = this.#clock.monotonic() + everyMs;
    this.#cancel = this.#clock.after(everyMs, () => {
      this.#track.record(Math.max(0, this.#clock.monotonic() - dueMs));
      this.#arm();
    });
  }
}
