/** How often a receiver is sent to: a window that slides, as the services count. */

export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}

export class SlidingWindow {
  #limits: readonly RateLimit[];
  readonly #sentMs: number[] = [];

  constructor(limits: readonly RateLimit[]) {
    this.#limits = limits;
  }

  /** Other limits, for what was sent already, too. */
  setLimits(limits: readonly RateLimit[]): void {
    this.#limits = limits;
  }

  /** Milliseconds until one more may go; 0: now. */
  waitMs(nowMs: number): number {
    return this.#limits.reduce((waitMs, { count, perMs }) => {
      const oldest = this.#sentMs.at(-count);
      return oldest === undefined ? waitMs : Math.max(waitMs, oldest + perMs - nowMs);
    }, 0);
  }

  sent(nowMs: number): void {
    this.#sentMs.push(nowMs);
    const kept = this.#limits.reduce((most, { count }) => Math.max(most, count), 1);
    if (this.#sentMs.length > kept) this.#sentMs.shift();
  }
}
