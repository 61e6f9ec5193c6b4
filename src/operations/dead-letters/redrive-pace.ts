/** How fast a redrive sends. Invariant: never more than so many a second since it began. */
import type { Clock } from '../../kernel/index.js';

export class RedrivePace {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #startMs: number;

  /** `perSecond` left out: as fast as it can. */
  constructor(clock: Clock, perSecond = Infinity) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#startMs = clock.monotonic();
  }

  /** How many more may be sent now, when `sent` were. */
  dueAfter(sent: number): number {
    if (this.#perSecond === Infinity) return Infinity;
    if (this.#leftMs(sent) > 0) return 0;
    const elapsedMs = this.#clock.monotonic() - this.#startMs;
    return Math.max(1, Math.floor((elapsedMs * this.#perSecond) / 1_000) + 1 - sent);
  }

  /** Resolves when one more may be sent, or at `signal`. */
  wait(sent: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#clock.after(this.#leftMs(sent), end);
      signal.addEventListener('abort', end);
    });
  }

  #leftMs(sent: number): number {
    return this.#startMs + (sent / this.#perSecond) * 1_000 - this.#clock.monotonic();
  }
}
