/** Long work in slices, so that the event loop is never held for longer than `sliceMsMax`. */
import type { Clock } from './clock.js';

const sliceMsMax = 2;

export class Pacer {
  readonly #clock: Clock;
  readonly #pause: () => Promise<void>;
  #sinceMs: number;

  /** `pause` resolves when others have had their turn. */
  constructor(clock: Clock, pause: () => Promise<void>) {
    this.#clock = clock;
    this.#pause = pause;
    this.#sinceMs = clock.monotonic();
  }

  /** True when it is time to `pause`; called between small pieces of work. */
  get isDue(): boolean {
    return this.#clock.monotonic() - this.#sinceMs >= sliceMsMax;
  }

  async pause(): Promise<void> {
    await this.#pause();
    this.restart();
  }

  /** Counts from now: after anything that waited. */
  restart(): void {
    this.#sinceMs = this.#clock.monotonic();
  }
}
